using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>What a user can say about the image as it is written, beside what is in it.</summary>
public sealed record ScratchImageOptions
{
    /// <summary>What it is written as.</summary>
    public ImageFormat Format { get; init; }

    /// <summary>How its layers are stored.</summary>
    public LayerCompression Compression { get; init; }

    /// <summary>Annotations of the manifests and of the index, by name.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Full paths of documents that are attached to the image: bills of materials (CycloneDX or SPDX, as JSON) and in-toto
    /// statements, such as a provenance.
    /// </summary>
    public IReadOnlyList<string> Attachments { get; init; } = [];

    /// <summary>The image that the program is put on top of; null for none: scratch.</summary>
    public ImageLocation? Base { get; init; }

    /// <summary>Makes what reads the base image; asked only where there is one.</summary>
    public Func<ImagePlatform, ImageReader>? BaseReader { get; init; }

    /// <summary>
    /// The platform that a docker-archive has, which knows one only, where there are several: os/arch. Where the image has
    /// none for it, it is the first.
    /// </summary>
    public string ArchivePlatform { get; init; } = "linux/amd64";

    /// <summary>
    /// Compresses what is written to the stream that it returns with gzip into the one that it is given; asked only where
    /// <see cref="Compression"/> is that.
    /// </summary>
    public Func<Stream, Stream>? Gzip { get; init; }

    /// <summary>Whether what stands there is replaced.</summary>
    public bool Overwrite { get; init; }
}
