using System.Text;
using GoCross.Errors;

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
        var text = new StringBuilder(BinariesComment).Append("\n*\n");
        foreach (string path in parts.Select(ImageInstructions.ArchivePath).Concat(sources))
        {
            text.Append('!').Append(path).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The file's name, for all Dockerfiles of a context; that of one Dockerfile has the Dockerfile's name before it.</summary>
    internal const string Name = ".dockerignore";

    private const string BinariesComment = "# Only what the Dockerfile takes gets into the build's context.";

    private const string SourceComment = "# What git keeps for itself";

    private const int MaxBytes = 1 << 20;

    /// <summary>
    /// The full path of the file for a Dockerfile. The context's own file is for the Dockerfile that builders look for there. Where the
    /// project has one of its own, that stays; then, and for another Dockerfile of the same context, there is one for the
    /// Dockerfile alone, which builders take in its place (Docker build, "Filename and location").
    /// </summary>
    /// <param name="context">The context's full path.</param>
    /// <param name="dockerfile">The Dockerfile's full path.</param>
    internal static string PathFor(string context, string dockerfile) =>
        ImageInstructions.IsDefault(context, dockerfile) && ReadProjects(context) is null ? Path.Combine(context, Name) : dockerfile + Name;

    /// <summary>For source code: all gets in but what would only disturb, and what the project itself keeps out.</summary>
    /// <param name="context">The context's full path.</param>
    internal static string ForSource(string context)
    {
        var text = new DockerfileText();
        if (ReadProjects(context) is { } projects)
        {
            text.Comment($"What the project's own {Name} keeps out, as it was when this file was written:");
            foreach (string line in projects.TrimEnd().Split('\n'))
            {
                text.Line(line.TrimEnd('\r'));
            }

            text.Line(string.Empty);
        }

        text.Comment("What git keeps for itself: it changes often, and says nothing of the revision.");
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

    /// <summary>What the project's own file says; null where there is none, or one that was written here.</summary>
    private static string? ReadProjects(string context)
    {
        string path = Path.Combine(context, Name);
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > 0 and <= MaxBytes }
                && File.ReadAllText(path) is var text && !text.StartsWith(SourceComment, StringComparison.Ordinal)
                && !text.StartsWith(BinariesComment, StringComparison.Ordinal)
                    ? text
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoCrossException.Create(e, ErrorKind.AccessDenied, nameof(Messages.SourceUnreadable), path, e.Message);
        }
    }
}
