namespace GoCross.Oci;

/// <summary>Media types of OCI image-spec, media-types.md, and of Docker's image manifest v2, schema 2.</summary>
internal static class MediaTypes
{
    /// <summary>An index.</summary>
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>A manifest.</summary>
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>A configuration.</summary>
    internal const string OciConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>The empty document: the configuration of what is not an image.</summary>
    internal const string OciEmpty = "application/vnd.oci.empty.v1+json";

    private const string Encrypted = "+encrypted";
    private const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    private const string DockerLayers = "application/vnd.docker.image.rootfs.";
    private const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    private const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>What a registry is asked for: the manifests and the indexes that are read.</summary>
    internal static IReadOnlyList<string> ManifestsAndIndexes { get; } = [OciIndex, OciManifest, DockerIndex, DockerManifest];

    /// <summary>A layer's, by how it is stored (OCI image-spec, layer.md).</summary>
    internal static string LayerOf(LayerCompression compression) => compression switch
    {
        LayerCompression.Gzip => OciLayer + "+gzip",
        LayerCompression.Zstd => OciLayer + "+zstd",
        _ => OciLayer,
    };

    /// <summary>Whether it is a manifest's, and not an index's.</summary>
    internal static bool IsManifest(string? type) => type is OciManifest or DockerManifest;

    /// <summary>Whether it is a manifest's or an index's, or nothing, which its content then tells.</summary>
    internal static bool IsManifestOrIndex(string? type) =>
        string.IsNullOrEmpty(type) || type is OciIndex or OciManifest or DockerIndex or DockerManifest;

    /// <summary>
    /// Whether a manifest's configuration is an image's, and not a chart's or a signature's. Docker before 1.11 and some registries
    /// wrote types that say nothing (distribution #1621), which docker pull takes for an image's, too: then the layers tell.
    /// </summary>
    internal static bool IsImageConfig(string? type, IEnumerable<Descriptor?>? layers) =>
        string.IsNullOrEmpty(type) || type is OciConfig or DockerConfig
        || (type is "application/octet-stream" or "application/json" or "text/html"
            && (layers ?? []).Any(layer => layer?.MediaType?.StartsWith(DockerLayers, StringComparison.Ordinal) == true));

    /// <summary>Whether a blob is a layer. What it is packed with, its first bytes tell.</summary>
    internal static bool IsLayer(string? type) =>
        string.IsNullOrEmpty(type)
        || ((type.StartsWith("application/vnd.oci.image.layer.", StringComparison.Ordinal)
                || type.StartsWith(DockerLayers, StringComparison.Ordinal)
                || type == "application/vnd.docker.container.image.rootfs.diff+x-gtar")
            && !type.EndsWith(Encrypted, StringComparison.Ordinal));

    /// <summary>
    /// Whether a manifest's layers are those of an image: any of them is one, be it encrypted, or there is none. A chart's
    /// and a signature's are not, though a signature has an image's configuration.
    /// </summary>
    internal static bool AreOfImage(IEnumerable<Descriptor?>? layers)
    {
        Descriptor[] all = [.. (layers ?? []).OfType<Descriptor>()];
        return all.Length == 0 || Array.Exists(all, layer =>
            IsLayer(layer.MediaType is { } type && type.EndsWith(Encrypted, StringComparison.Ordinal) ? type[..^Encrypted.Length] : layer.MediaType));
    }

    /// <summary>Whether a layer may be left out of an archive because it is a foreign layer, fetched from elsewhere (Windows' base layers).</summary>
    internal static bool IsForeign(string? type) =>
        type is not null
        && (type.Contains(".foreign.", StringComparison.Ordinal) || type.Contains(".nondistributable.", StringComparison.Ordinal));
}
