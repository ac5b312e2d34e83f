using GoCross.Builds;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>Writes the Dockerfile that packs binaries which are built already.</summary>
public static class ScratchDockerfileWriter
{
    /// <summary>Makes a Dockerfile. Nothing is written yet: <see cref="Write"/> does.</summary>
    /// <param name="programs">The program, or its builds for several platforms.</param>
    /// <param name="path">The Dockerfile's full path. Its directory is the build's context and holds the binaries.</param>
    /// <param name="options">What the user said about the image.</param>
    /// <param name="more">What the user said about the Dockerfile; null for nothing.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// DuplicatePlatform; ProgramCannotStart; BinaryOutsideContext; BinaryPathUnusable; PathIsDirectory; BaseWithoutMusl; BaseGlibcTooOld; what
    /// <see cref="ScratchOptions"/> can be wrong in.
    /// </exception>
    public static ScratchDockerfile Create(
        IReadOnlyList<ScratchProgram> programs,
        string path,
        ScratchOptions options,
        DockerfileOptions? more = null,
        CancellationToken cancellation = default)
    {
        more ??= new DockerfileOptions();
        if (Directory.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), path);
        }

        ScratchProgram[] sorted = ScratchProgram.Sort(programs);
        string context = Path.GetDirectoryName(path)!;
        string[] sources = [.. sorted.Select(program => ContextPath(context, program.Path))];
        var plan = ImagePlan.Create(sorted, ImageInstructions.ArchiveFolder(context, path), options, more, cancellation);
        var binaries = new BinaryStages(sorted, sources, plan, options);
        ImageReference? syntax = more.SyntaxImage is null ? null : more.Pin(more.SyntaxImage, cancellation).Image;
        string[] platforms = sorted.Select(program => program.Platform.ToString()).ToArray();
        IReadOnlyList<string> names = more.NamesFor(plan.Contents.Name);
        string build = BuildCommand(platforms, Path.GetFileName(path), names);
        return Assemble(
            context,
            path,
            Text(binaries.Instructions, platforms, build, syntax, plan),
            new IgnoreText(IgnoreFile.PathFor(context, path), IgnoreFile.ForBinaries(sources, plan.AllParts)),
            plan,
            options,
            more,
            platforms,
            names) with
        {
            Stages = binaries.Stages,
            Instructions = binaries.Instructions,
            Warnings = plan.Warnings.Concat(sorted.SelectMany(PermissionWarnings)).ToArray(),
            BinaryPaths = sorted.Select(program => program.Path).ToArray(),
        };
    }

    /// <summary>
    /// Writes a Dockerfile with its files: all of them or none. A file that has its bytes already is left alone, and one that
    /// was written here and is unchanged is replaced.
    /// </summary>
    /// <param name="dockerfile">What <see cref="Create"/> made.</param>
    /// <param name="overwrite">Whether other files that stand there with other bytes are replaced.</param>
    /// <exception cref="GoCrossException">FileDiffers; PathIsDirectory; OutputNotWritable.</exception>
    public static void Write(ScratchDockerfile dockerfile, bool overwrite) => OutputFiles.Guard(dockerfile.Path, () =>
    {
        IReadOnlyList<FileDifference> differences = dockerfile.FindDifferences();
        FileDifference[] others = [.. differences.Where(difference => !difference.IsUnchanged)];
        if (others.Length > 0 && !overwrite)
        {
            throw GoCrossException.Create(
                ErrorKind.AlreadyExists,
                nameof(Messages.FileDiffers),
                string.Join(", ", others.Select(difference => difference.Path)),
                FileDifference.Describe(others));
        }

        List<AtomicFile> files = [];
        try
        {
            DockerfileFile[] changed = [.. dockerfile.Contents.Where(file => !FileDifference.IsSame(new FileInfo(file.Path), file.Content.Span))];
            foreach (DockerfileFile file in changed)
            {
                files.Add(AtomicFile.Create(file.Path, overwrite || differences.Any(difference => difference.Path == file.Path)));
            }

            for (int i = 0; i < files.Count; i++)
            {
                using FileStream stream = files[i].OpenWrite();
                stream.Write(changed[i].Content.Span);
            }

            foreach (AtomicFile file in files)
            {
                file.Commit();
            }
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }

        return dockerfile;
    });

    /// <summary>The object for what both sorts of Dockerfile have.</summary>
    internal static ScratchDockerfile Assemble(
        string context,
        string path,
        string text,
        IgnoreText ignore,
        ImagePlan plan,
        ScratchOptions options,
        DockerfileOptions more,
        IReadOnlyList<string> platforms,
        IReadOnlyList<string> names,
        string secrets = "")
    {
        text = WrittenMark.SignText(text);
        List<DockerfileFile> files = [.. plan.AllParts.Select(part => DockerfileFile.Archive(context, part, options.Created))];
        files.Add(DockerfileFile.Text(ignore.Path, WrittenMark.SignText(ignore.Text)));
        files.Add(DockerfileFile.Text(path, text));
        if (more.BakePath is { } bake)
        {
            string dockerfile = Path.GetRelativePath(context, path).Replace(Path.DirectorySeparatorChar, '/');
            files.Add(new DockerfileFile(bake, BakeFile.Write(plan.Contents.Name, dockerfile, platforms, names), IsText: true));
        }

        return new ScratchDockerfile
        {
            Path = path,
            Context = context,
            Content = text,
            Base = plan.BaseName,
            Platforms = platforms,
            Stages = [],
            Instructions = [],
            Files = files.Select(file => file.Path).ToArray(),
            BuildCommand = BuildCommand(
                platforms, ImageInstructions.IsDefault(context, path) ? ImageInstructions.DefaultName : path, names, context, secrets),
            User = options.User.ToString(),
            Entrypoint = plan.Contents.Entrypoint,
            Needs = plan.Needs,
            NeedsMet = plan.MetNeeds(options.User),
            Warnings = plan.Warnings,
            BinaryPaths = [],
            BakePath = more.BakePath,
            Contents = files,
        };
    }

    /// <summary>The command that builds the image, for a POSIX shell and for PowerShell.</summary>
    /// <param name="platforms">The platforms, all of which it names: for several it takes buildx.</param>
    /// <param name="file">The Dockerfile's path, from where the command is run.</param>
    /// <param name="names">The image's names.</param>
    /// <param name="context">The context's path, from where the command is run.</param>
    /// <param name="secrets">What the builder is given of secrets, each with a space before it.</param>
    internal static string BuildCommand(
        IReadOnlyList<string> platforms, string file, IReadOnlyList<string> names, string context = ".", string secrets = "") => string.Concat(
        $"docker {(platforms.Count > 1 ? "buildx build" : "build")} --platform {string.Join(',', platforms)}",
        string.Concat(names.Select(name => $" --tag {name}")),
        file == ImageInstructions.DefaultName ? "" : $" --file {ShellText.Quote(file)}",
        secrets,
        $" {ShellText.Quote(context)}");

    /// <summary>What a Dockerfile for several platforms says of its command.</summary>
    /// <param name="platforms">The platforms.</param>
    internal static string AboutPlatforms(IReadOnlyList<string> platforms) =>
        $"Several platforms at once want an engine with the containerd image store, as Docker 29 has it, or a builder of its own "
            + $"(docker buildx create --use) and --push to a registry. One alone: docker build --platform {string.Join(" or ", platforms)}.";

    private static string Text(
        IReadOnlyList<DockerfileInstruction> instructions,
        string[] platforms,
        string build,
        ImageReference? syntax,
        ImagePlan plan)
    {
        var text = new DockerfileText();
        if (syntax is not null)
        {
            text.Line($"# syntax={syntax}");
        }

        text.Comment(platforms.Length > 1
                ? "Packs binaries that are built already. Nothing is compiled here and nothing downloaded:"
                : "Packs a binary that is built already. Nothing is compiled here and nothing downloaded:")
            .Command(build);
        if (platforms.Length > 1)
        {
            text.Gap().Comment(
                AboutPlatforms(platforms) + " Needs BuildKit (DOCKER_BUILDKIT=1 with Docker 20.10, nothing with a newer one), Buildah or Podman: the legacy "
                    + "builder knows no platforms.");
        }

        return AddArchives(text, plan).Instructions(instructions).ToString();
    }

    /// <summary>Says what the archives are.</summary>
    internal static DockerfileText AddArchives(DockerfileText text, ImagePlan plan) => plan.AllParts.Count == 0
        ? text
        : text.Gap().Comment(
            $"The archives in {ImageInstructions.RootDirectory}/ keep the modes and owners of a few small files (tar tvf lists them).");

    /// <summary>The binary's path as COPY takes it.</summary>
    private static string ContextPath(string context, string binary)
    {
        string relative = Path.GetRelativePath(context, binary);
        if (Path.IsPathFullyQualified(relative) || relative.StartsWith("..", StringComparison.Ordinal))
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.BinaryOutsideContext), binary, context);
        }

        relative = relative.Replace(Path.DirectorySeparatorChar, '/');
        return DockerfileText.IsPlainPath(relative)
            ? relative
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.BinaryPathUnusable), binary);
    }

    private static IEnumerable<string> PermissionWarnings(ScratchProgram program)
    {
        // COPY keeps the mode, and the file is root's in the image.
        if (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(program.Path).HasFlag(UnixFileMode.OtherExecute))
        {
            yield return $"Not every user may execute {program.Path}, and COPY keeps that: chmod 755 it before docker build.";
        }
    }
}
