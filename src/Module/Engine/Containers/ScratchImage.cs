using GoCross.GoBinaries;

namespace GoCross.Containers;

/// <summary>An image that was written with no daemon: one program, what it needs, and nothing else.</summary>
public sealed record ScratchImage
{
    /// <summary>The tar: an OCI image layout that is a docker-archive as well.</summary>
    public required string Path { get; init; }

    /// <summary>The image's name, as docker load will show it.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest of the manifest: what a registry calls the image by.</summary>
    public required string Digest { get; init; }

    /// <summary>The digest of the configuration: what docker calls the image ID.</summary>
    public required string ImageId { get; init; }

    /// <summary>What the image is for, for example <c>linux/arm64</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>The tar's length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The layers, the lowest first.</summary>
    public required IReadOnlyList<ScratchImageLayer> Layers { get; init; }

    /// <summary>The time that the image and its files carry.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whom it runs as: <c>UID:GID</c>.</summary>
    public required string User { get; init; }

    /// <summary>The program's path in the image, and its arguments.</summary>
    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>The variables that it starts with.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What the program needs, as far as its file tells.</summary>
    public required IReadOnlyList<RuntimeNeed> Needs { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The binary that the image was made from.</summary>
    public required string BinaryPath { get; init; }
}
