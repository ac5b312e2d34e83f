namespace GoCross.GoBinaries;

/// <summary>One setting that influenced a build, as Go's <c>runtime/debug.BuildSetting</c> has it.</summary>
/// <param name="Key">Its name, for example <c>CGO_ENABLED</c>, <c>-ldflags</c> or <c>vcs.revision</c>.</param>
/// <param name="Value">Its value, unquoted.</param>
public sealed record GoBuildSetting(string Key, string Value);
