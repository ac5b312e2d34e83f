using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Containers;

/// <summary>Writes the Dockerfile that puts a static program into an image made from scratch.</summary>
/// <remarks>
/// What the program needs beside itself comes from small archives under rootfs/, which ADD unpacks. An archive keeps
/// the sticky bit of /tmp, the owner of the home and the modes of the rest whatever the umask of a checkout; COPY --chmod
/// is unknown to the legacy builder, and git keeps no empty directory. Each need has an archive of its own, so that each
/// ADD has its reason and images share the layers.
/// </remarks>
public static class ScratchDockerfileWriter
{
    private const string Base = "scratch";
    private const string RootDirectory = "rootfs";
    private const string IgnoreFileName = ".dockerignore";
    private const int CommentWidth = 78;

    /// <summary>What COPY and .dockerignore take for patterns, variables, escapes and comments.</summary>
    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create("*?[]$\\\"'#!");

    /// <summary>What a value may consist of without quotes.</summary>
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+:/@,");

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes a Dockerfile. Nothing is written yet: <see cref="Write"/> does.</summary>
    /// <param name="programs">The program, or its builds for several platforms.</param>
    /// <param name="path">The Dockerfile's full path. Its directory is the build's context and holds the binaries.</param>
    /// <param name="options">What the user said about the image.</param>
    /// <exception cref="GoCrossException">
    /// DuplicatePlatform; BinaryOutsideContext; BinaryPathUnusable; PathIsDirectory; what
    /// <see cref="ScratchOptions"/> can be wrong in.
    /// </exception>
    public static ScratchDockerfile Create(IReadOnlyList<ScratchProgram> programs, string path, ScratchOptions options)
    {
        if (Directory.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), path);
        }

        ScratchProgram[] sorted = ScratchProgram.Sort(programs);
        string context = Path.GetDirectoryName(path)!;
        string[] sources = [.. sorted.Select(program => ContextPath(context, program.Path))];
        var contents = ScratchContents.Plan(sorted, options);
        List<DockerfileInstruction> instructions = Instructions(sorted, sources, contents, options);
        string build = BuildCommand(sorted[0].Platform, path, contents);
        string text = Text(instructions, sorted, build, contents);

        List<(string Path, ReadOnlyMemory<byte> Content)> files = [];
        foreach (RootPart part in contents.Parts)
        {
            files.Add((
                Path.Combine(context, RootDirectory, part.FileName),
                RootArchive.Create(part.Entries, options.Created.ToUnixTimeSeconds())));
        }

        files.Add((Path.Combine(context, IgnoreFileName), Encoding.UTF8.GetBytes(IgnoreText(sources, contents))));
        files.Add((path, Encoding.UTF8.GetBytes(text)));
        return new ScratchDockerfile
        {
            Path = path,
            Content = text,
            Base = Base,
            Platforms = sorted.Select(program => program.Platform).ToArray(),
            Instructions = instructions,
            Files = files.Select(file => file.Path).ToArray(),
            BuildCommand = build,
            User = options.User.ToString(),
            Entrypoint = contents.Entrypoint,
            Needs = contents.Needs,
            Warnings = contents.Warnings.Concat(sorted.SelectMany(PermissionWarnings)).ToArray(),
            BinaryPaths = sorted.Select(program => program.Path).ToArray(),
            Contents = [.. files.Select(file => file.Content)],
        };
    }

    /// <summary>Writes a Dockerfile with its files: all of them or none.</summary>
    /// <param name="dockerfile">What <see cref="Create"/> made.</param>
    /// <param name="overwrite">Whether files that stand there are replaced.</param>
    /// <exception cref="GoCrossException">FileExists; PathIsDirectory; OutputNotWritable.</exception>
    public static void Write(ScratchDockerfile dockerfile, bool overwrite) => OutputFiles.Guard(dockerfile.Path, () =>
    {
        List<AtomicFile> files = [];
        try
        {
            foreach (string path in dockerfile.Files)
            {
                files.Add(AtomicFile.Create(path, overwrite));
            }

            for (int i = 0; i < files.Count; i++)
            {
                using FileStream stream = files[i].OpenWrite();
                stream.Write(dockerfile.Contents[i].Span);
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

    private static List<DockerfileInstruction> Instructions(
        ScratchProgram[] programs, string[] sources, ScratchContents contents, ScratchOptions options)
    {
        bool several = programs.Length > 1;
        List<DockerfileInstruction> instructions =
        [
            new(several ? $"FROM {Base} AS base" : $"FROM {Base}", programs[0].ScratchReason),
        ];
        foreach (RootPart part in contents.Parts)
        {
            instructions.Add(new($"ADD {RootDirectory}/{part.FileName} /", part.Reason));
        }

        if (several)
        {
            AddPlatforms(instructions, programs, sources, contents);
        }
        else
        {
            instructions.Add(new(Copy(sources[0], contents), $"The program, for {programs[0].Platform}."));
        }

        if (contents.Labels.Count > 0)
        {
            instructions.Add(new(
                Pairs("LABEL", contents.Labels),
                "What registries and scanners show of the image (OCI annotations)."));
        }

        if (contents.Environment.Count > 0)
        {
            instructions.Add(new(
                Pairs("ENV", contents.Environment),
                "What the program finds in its environment."));
        }

        if (options.Ports.Count > 0)
        {
            instructions.Add(new(
                "EXPOSE " + string.Join(' ', options.Ports.Distinct().Order().Select(
                    port => string.Create(CultureInfo.InvariantCulture, $"{port}/tcp"))),
                "Where the program listens. For people and for docker run -P: nothing is opened by it."));
        }

        instructions.Add(new(
            $"USER {options.User}",
            options.User.IsRoot
                ? "Root, as was asked for."
                : "Not root, and by number: Kubernetes checks runAsNonRoot by numbers only."));
        instructions.Add(new(
            "ENTRYPOINT " + JsonSerializer.Serialize(contents.Entrypoint, Json),
            "In exec form: there is no shell here, and the program gets the signals itself."));
        return instructions;
    }

    /// <summary>A stage for each platform, and the choice between them by the platform that is built.</summary>
    private static void AddPlatforms(
        List<DockerfileInstruction> instructions, ScratchProgram[] programs, string[] sources, ScratchContents contents)
    {
        // BuildKit gives TARGETARCH and TARGETVARIANT to FROM by itself; declared with ARG, old versions give an empty
        // text instead (20.10). A variant is a part of the name only where two binaries differ in nothing else.
        bool variants = programs.DistinctBy(program => program.Architecture).Count() < programs.Length;
        for (int i = 0; i < programs.Length; i++)
        {
            instructions.Add(new($"FROM base AS {Stage(programs[i])}", $"The image for {programs[i].Platform}."));
            instructions.Add(new(Copy(sources[i], contents), $"The program, for {programs[i].Platform}."));
        }

        ScratchProgram first = programs[0];
        string fallback = first.Architecture;
        instructions.Add(new(
            variants
                ? $"FROM {first.OperatingSystem}-${{TARGETARCH:-{fallback}}}${{TARGETVARIANT{(first.Variant is { } v ? ":-" + v : "")}}}"
                : $"FROM {first.OperatingSystem}-${{TARGETARCH:-{fallback}}}",
            $"The one that is built for. The legacy builder does not say which that is and gets {first.Platform}."));

        string Stage(ScratchProgram program) =>
            $"{program.OperatingSystem}-{program.Architecture}{(variants ? program.Variant : null)}";
    }

    private static string Copy(string source, ScratchContents contents) =>
        source.Contains(' ', StringComparison.Ordinal) || contents.Name.Contains(' ', StringComparison.Ordinal)
            ? "COPY " + JsonSerializer.Serialize<string[]>([source, "/" + contents.Name], Json)
            : $"COPY {source} /{contents.Name}";

    private static string BuildCommand(string platform, string path, ScratchContents contents)
    {
        string file = Path.GetFileName(path) == "Dockerfile" ? "" : $" --file {Path.GetFileName(path)}";
        string tag = ImageReference.ForProgram(contents.Name).FamiliarName;
        return $"docker build --platform {platform} --tag {tag}{file} .";
    }

    private static string Text(
        List<DockerfileInstruction> instructions, ScratchProgram[] programs, string build, ScratchContents contents)
    {
        var text = new StringBuilder();
        AddComment(text, programs.Length > 1
            ? "Packs binaries that are built already. Nothing is compiled here and nothing downloaded:"
            : "Packs a binary that is built already. Nothing is compiled here and nothing downloaded:");
        text.Append("#\n#   ").Append(build).Append('\n');
        if (programs.Length > 1)
        {
            text.Append("#\n");
            AddComment(
                text,
                $"The same with --platform {string.Join(" or ", programs.Skip(1).Select(program => program.Platform))}; "
                    + "buildx takes several, separated by commas.");
        }

        if (contents.Parts.Count > 0)
        {
            text.Append("#\n");
            AddComment(
                text,
                $"The archives in {RootDirectory}/ keep the modes and owners of a few small files (tar tvf lists them).");
        }

        foreach (DockerfileInstruction instruction in instructions)
        {
            text.Append('\n');
            AddComment(text, instruction.Reason);
            text.Append(instruction.Instruction).Append('\n');
        }

        return text.ToString();
    }

    private static void AddComment(StringBuilder text, string comment)
    {
        int column = 0;
        foreach (string word in comment.Split(' '))
        {
            if (column == 0 || column + 1 + word.Length > CommentWidth)
            {
                text.Append(column == 0 ? "# " : "\n# ").Append(word);
                column = 2 + word.Length;
            }
            else
            {
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }

        text.Append('\n');
    }

    private static string IgnoreText(string[] sources, ScratchContents contents)
    {
        var text = new StringBuilder("# Only what the Dockerfile takes gets into the build's context.\n*\n");
        foreach (RootPart part in contents.Parts)
        {
            text.Append('!').Append(RootDirectory).Append('/').Append(part.FileName).Append('\n');
        }

        foreach (string source in sources)
        {
            text.Append('!').Append(source).Append('\n');
        }

        return text.ToString();
    }

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
        return relative.AsSpan().ContainsAny(SpecialCharacters) || relative[0] == '-' || relative.Any(char.IsControl)
            ? throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.BinaryPathUnusable), binary)
            : relative;
    }

    private static IEnumerable<string> PermissionWarnings(ScratchProgram program)
    {
        // COPY keeps the mode, and the file is root's in the image.
        if (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(program.Path).HasFlag(UnixFileMode.OtherExecute))
        {
            yield return $"Not every user may execute {program.Path}, and COPY keeps that: chmod 755 it before docker build.";
        }
    }

    /// <summary>An instruction of names and values: on one line, or each pair on a line of its own.</summary>
    private static string Pairs(string instruction, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        string separator = pairs.Count == 1 ? " " : " \\\n  ";
        return instruction + separator + string.Join(separator, pairs.Select(pair => $"{pair.Key}={Quote(pair.Value)}"));
    }

    /// <summary>A value for LABEL and ENV, where a dollar begins a variable: in double quotes unless it is plain.</summary>
    private static string Quote(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(PlainCharacters)
        ? text
        : "\"" + text
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("$", "\\$", StringComparison.Ordinal) + "\"";
}
