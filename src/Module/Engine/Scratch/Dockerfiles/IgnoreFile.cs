using System.Text;

namespace GoCross.Scratch;

/// <summary>Writes .dockerignore: what stays out of the build's context.</summary>
internal static class IgnoreFile
{
    /// <summary>
    /// What git writes for itself and for people. go build asks git for the revision, and git needs none of it; but it
    /// changes with every command, and each change would build the program anew.
    /// </summary>
    private static readonly string[] NotForStamping =
    [
        ".git/COMMIT_EDITMSG", ".git/FETCH_HEAD", ".git/ORIG_HEAD", ".git/gitk.cache", ".git/hooks", ".git/logs", ".git/lfs",
    ];

    /// <summary>For binaries: nothing but them and the archives gets in.</summary>
    internal static string ForBinaries(IEnumerable<string> sources, IEnumerable<RootPart> parts)
    {
        var text = new StringBuilder("# Only what the Dockerfile takes gets into the build's context.\n*\n");
        foreach (string path in parts.Select(ImageInstructions.ArchivePath).Concat(sources))
        {
            text.Append('!').Append(path).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For source code: all gets in but what would only disturb.</summary>
    internal static string ForSource()
    {
        var text = new DockerfileText()
            .Comment("What git keeps for itself: it changes often, and says nothing of the revision.");
        foreach (string path in NotForStamping)
        {
            text.Line(path);
        }

        text.Line(string.Empty)
            .Comment("Files that git tracks must not be left out, tests and this file included: git would take them for deleted, "
                + "and go build would stamp the program as modified (vcs.modified=true). What git ignores, such as folders of "
                + "build results, may be added below.");
        return text.ToString();
    }
}
