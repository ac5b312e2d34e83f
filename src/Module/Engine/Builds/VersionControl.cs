namespace GoCross.Builds;

/// <summary>A version control system that go stamps the state of, and how it is asked for it (cmd/go/internal/vcs, vcs.go).</summary>
/// <param name="Program">The program.</param>
/// <param name="Roots">What of its own lies in the root of a checkout; any of them.</param>
internal sealed record VersionControl(string Program, IReadOnlyList<string> Roots)
{
    /// <summary>git.</summary>
    internal static VersionControl Git { get; } = new("git", [".git"]);

    private static readonly VersionControl[] All =
        [Git, new("hg", [".hg"]), new("bzr", [".bzr"]), new("svn", [".svn"]), new("fossil", [".fslckout", "_FOSSIL_"])];

    /// <summary>What asks for the state of a checkout.</summary>
    internal IReadOnlyList<string> StatusArguments => this == Git ? ["status", "--porcelain"] : ["status"];

    /// <summary>The one whose checkout a folder is in; null where it is in none.</summary>
    /// <param name="folder">The folder's full path.</param>
    internal static VersionControl? Of(string folder) => SourceFolders.Upward(folder)
        .Select(current => Array.Find(All, system => system.IsRoot(current)))
        .FirstOrDefault(found => found is not null);

    /// <summary>The root of the checkout that a folder is in; null where it is in none of this system's.</summary>
    /// <param name="folder">The folder's full path.</param>
    internal string? RootOf(string folder) => SourceFolders.Upward(folder).FirstOrDefault(IsRoot);

    private bool IsRoot(string folder) => Roots.Any(root => Path.Exists(Path.Combine(folder, root)));
}
