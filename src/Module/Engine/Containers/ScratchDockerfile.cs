using GoCross.GoBinaries;

namespace GoCross.Containers;

/// <summary>
/// A Dockerfile that fits a program, with the files that it needs beside it. It builds with no network and no base
/// image, with BuildKit and with the legacy builder.
/// </summary>
public sealed record ScratchDockerfile
{
    /// <summary>The Dockerfile's full path. Its directory is the build's context.</summary>
    public required string Path { get; init; }

    /// <summary>The Dockerfile's text.</summary>
    public required string Content { get; init; }

    /// <summary>The base image: <c>scratch</c>.</summary>
    public required string Base { get; init; }

    /// <summary>What it builds for, for example <c>linux/amd64</c>, sorted.</summary>
    public required IReadOnlyList<string> Platforms { get; init; }

    /// <summary>The instructions with their reasons, in order.</summary>
    public required IReadOnlyList<DockerfileInstruction> Instructions { get; init; }

    /// <summary>All files that make it up: archives of small files, .dockerignore, the Dockerfile itself. Full paths.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The command that builds the image for the first platform, to be run in the Dockerfile's directory.</summary>
    public required string BuildCommand { get; init; }

    /// <summary>Whom the container runs as: <c>UID:GID</c>.</summary>
    public required string User { get; init; }

    /// <summary>The program's path in the image, and its arguments.</summary>
    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>What the program needs, as far as its file tells.</summary>
    public required IReadOnlyList<RuntimeNeed> Needs { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The binaries that it copies.</summary>
    public required IReadOnlyList<string> BinaryPaths { get; init; }

    /// <summary>The files' contents, in the order of <see cref="Files"/>.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Contents { get; init; } = [];
}
