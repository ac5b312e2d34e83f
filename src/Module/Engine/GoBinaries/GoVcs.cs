namespace GoCross.GoBinaries;

/// <summary>The state of the source tree that a program was built from, as the <c>vcs</c> settings tell it.</summary>
/// <param name="System">The version control system: <c>git</c>, <c>hg</c>, <c>svn</c>, <c>bzr</c>, <c>fossil</c>.</param>
/// <param name="Revision">The commit; null where it was not recorded.</param>
/// <param name="Time">The commit's time; null where it was not recorded or is not in RFC 3339.</param>
/// <param name="Modified">Whether the tree had changes that were not committed; null where it was not recorded.</param>
public sealed record GoVcs(string System, string? Revision, DateTimeOffset? Time, bool? Modified);
