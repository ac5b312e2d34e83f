namespace GoCross.GoBinaries;

/// <summary>A module that took part in a build, as Go's <c>runtime/debug.Module</c> has it.</summary>
/// <param name="Path">The module's path, for example <c>golang.org/x/net</c>.</param>
/// <param name="Version">
/// Its version; <c>(devel)</c> for a module built from its working tree by a Go before 1.24.
/// </param>
/// <param name="Sum">Its checksum as go.sum has it, <c>h1:...</c>; empty where none was recorded.</param>
/// <param name="Replace">The module that stands in for it, by a <c>replace</c> in go.mod.</param>
public sealed record GoModule(string Path, string Version, string Sum, GoModule? Replace);
