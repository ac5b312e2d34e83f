using GoCross.GoBinaries;

namespace GoCross.Scratch;

/// <summary>A Dockerfile that fits a program, with the files that it needs beside it.</summary>
public sealed record ScratchDockerfile
{
    /// <summary>The Dockerfile's full path.</summary>
    public required string Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string FullName => Path;

    /// <summary>The full path of the build's context.</summary>
    public required string Context { get; init; }

    /// <summary>The Dockerfile's text.</summary>
    public required string Content { get; init; }

    /// <summary>The base image: <c>scratch</c>, or a name.</summary>
    public required string Base { get; init; }

    /// <summary>What it builds for, for example <c>linux/amd64</c>, sorted.</summary>
    public required IReadOnlyList<string> Platforms { get; init; }

    /// <summary>The stages, in order. The last is the image.</summary>
    public required IReadOnlyList<DockerfileStage> Stages { get; init; }

    /// <summary>The instructions with their reasons, in order.</summary>
    public required IReadOnlyList<DockerfileInstruction> Instructions { get; init; }

    /// <summary>All files that make it up: archives of small files, .dockerignore, the Dockerfile itself. Full paths.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>
    /// The command that builds the image for all its platforms, to be run anywhere, in PowerShell or in a POSIX shell. For
    /// several platforms it takes buildx.
    /// </summary>
    public required string BuildCommand { get; init; }

    /// <summary>Whom the container runs as: <c>UID:GID</c>.</summary>
    public required string User { get; init; }

    /// <summary>The program's path in the image, and its arguments.</summary>
    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>What the program needs, as far as its file tells.</summary>
    public required IReadOnlyList<RuntimeNeed> Needs { get; init; }

    /// <summary>The same, with what of the image meets each.</summary>
    public required IReadOnlyList<MetNeed> NeedsMet { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The binaries that it copies; none where it builds the program from source.</summary>
    public required IReadOnlyList<string> BinaryPaths { get; init; }

    /// <summary>The package that it builds, as go build takes it; null where it copies binaries.</summary>
    public string? Package { get; init; }

    /// <summary>The full path of the file for docker buildx bake; null where none was asked for.</summary>
    public string? BakePath { get; init; }

    /// <summary>The files, in the order of <see cref="Files"/>.</summary>
    internal IReadOnlyList<DockerfileFile> Contents { get; init; } = [];

    /// <summary>The files that stand there with other bytes, each with the difference.</summary>
    /// <exception cref="Errors.GoCrossException">PathIsDirectory.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public IReadOnlyList<FileDifference> FindDifferences() => FileDifference.Find(Context, Contents);

    /// <summary>The differences as a person reads them.</summary>
    /// <param name="differences">What <see cref="FindDifferences"/> gave.</param>
    public static string Describe(IEnumerable<FileDifference> differences) => FileDifference.Describe(differences);
}
