using GoCross.Images.Layers;

namespace GoCross.Images;

/// <summary>An image that was read: its configuration, its layers, the file system that they make.</summary>
public sealed class ContainerImage
{
    private ImageMeasures? _measures;

    internal ContainerImage(SquashedTree files) => Files = files;

    /// <summary>What the user called it.</summary>
    public required string Name { get; init; }

    /// <summary>The names with tags that it has where it is.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The digest of its manifest; null where it has none, as in archives of Docker before 25.</summary>
    public required string? ManifestDigest { get; init; }

    /// <summary>The digest of its configuration, Docker's image ID; null before Docker 1.10.</summary>
    public required string? ConfigDigest { get; init; }

    /// <summary>What it runs on.</summary>
    public required ImagePlatform Platform { get; init; }

    /// <summary>How it runs.</summary>
    public required ImageConfiguration Configuration { get; init; }

    /// <summary>Its layers from the lowest.</summary>
    public required IReadOnlyList<ImageLayer> Layers { get; init; }

    /// <summary>The sum of its layers' file sizes in bytes, as <c>docker image ls</c> has it.</summary>
    public long Size => Layers.Sum(layer => layer.Size);

    /// <summary>Bytes of its blobs as they are stored.</summary>
    public long StoredSize => Layers.Sum(layer => layer.StoredSize);

    /// <summary>What the reader should know: layers that are not in the archive, for example.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The file system that the layers make.</summary>
    internal SquashedTree Files { get; }

    /// <summary>Measures how much of it is of use: once, when somebody asks.</summary>
    /// <param name="cancellation">Ends the work.</param>
    public ImageMeasures Measure(CancellationToken cancellation = default) =>
        _measures ??= ImageMeasures.Of(this, cancellation);
}
