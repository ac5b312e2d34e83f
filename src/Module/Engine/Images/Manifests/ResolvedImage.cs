using GoCross.Oci;

namespace GoCross.Images;

/// <summary>An image as its documents tell it, before any layer is read.</summary>
internal sealed record ResolvedImage
{
    /// <summary>The digest of the manifest; null where there is none, as in an archive of Docker before 25.</summary>
    internal string? ManifestDigest { get; init; }

    /// <summary>The digest of the configuration: Docker's image ID. Null before Docker 1.10.</summary>
    internal string? ConfigDigest { get; init; }

    internal required ImagePlatform Platform { get; init; }

    internal required ImageConfiguration Configuration { get; init; }

    internal required IReadOnlyList<LayerDescriptor> Layers { get; init; }

    internal IReadOnlyList<string> Names { get; init; } = [];
}
