using GoCross.GoBinaries;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>An image that was written with no daemon: one program, what it needs, and nothing else.</summary>
public sealed record ScratchImage
{
    /// <summary>The tar, or the directory; null where the image was only sent away.</summary>
    public required string? Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string? FullName => Path;

    /// <summary>What it was written as.</summary>
    public required ImageFormat Format { get; init; }

    /// <summary>The image's name, as docker load will show it.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest that a registry calls the image by: the manifest's, or with several platforms the index's.</summary>
    public required string Digest { get; init; }

    /// <summary>
    /// The digest of the configuration: what docker calls the image ID. With several platforms, of the one that a
    /// docker-archive has.
    /// </summary>
    public required string ImageId { get; init; }

    /// <summary>What the image is for, for example <c>linux/arm64</c>; sorted, separated by a comma and a space.</summary>
    public required string Platform { get; init; }

    /// <summary>The tar's length in bytes, or the sum of the files'.</summary>
    public required long Length { get; init; }

    /// <summary>The same as <see cref="Length"/>, as tables head it.</summary>
    public long Size => Length;

    /// <summary>The platforms' images, sorted by platform.</summary>
    public required IReadOnlyList<ScratchImageManifest> Manifests { get; init; }

    /// <summary>The layers of all platforms, each once, the lowest first.</summary>
    public required IReadOnlyList<ScratchImageLayer> Layers { get; init; }

    /// <summary>The image that the program was put on top of; <c>scratch</c> for none.</summary>
    public required string Base { get; init; }

    /// <summary>The time that the image and its files carry.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whom it runs as: <c>UID:GID</c>.</summary>
    public required string User { get; init; }

    /// <summary>The program's path in the image, and its arguments.</summary>
    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>The variables that it starts with, beside those of the base image.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The labels, beside those of the base image.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The annotations of the manifests and of the index.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>The documents that were attached.</summary>
    public required IReadOnlyList<ScratchImageAttachment> Attachments { get; init; }

    /// <summary>What the program needs, as far as its file tells.</summary>
    public required IReadOnlyList<RuntimeNeed> Needs { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The binaries that the image was made from, in the order of <see cref="Manifests"/>.</summary>
    public required IReadOnlyList<string> BinaryPaths { get; init; }

    /// <summary>The name under which it was loaded into a container engine; null where it was not.</summary>
    public string? LoadedImage { get; init; }

    /// <summary>
    /// The name under which a registry has it, with the digest by which it stays this image's
    /// (<c>registry.example/api:1.2@sha256:...</c>); null where it was not pushed.
    /// </summary>
    public string? PushedReference { get; init; }

    /// <summary>The image, ready to be sent away, as long as what was written stays where it is.</summary>
    internal ImagePackage? Package { get; init; }
}
