using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoCross.Oci;

/// <summary>OCI image-spec, descriptor.md. Of the fields, those that are used.</summary>
internal sealed record Descriptor
{
    public string? MediaType { get; init; }

    /// <summary>Of a manifest that is no image's but of something that belongs to one.</summary>
    public string? ArtifactType { get; init; }

    public string? Digest { get; init; }

    public long Size { get; init; }

    public PlatformDocument? Platform { get; init; }

    public Dictionary<string, string?>? Annotations { get; init; }
}

/// <summary>OCI image-spec, image-index.md, "platform".</summary>
internal sealed record PlatformDocument
{
    public string? Os { get; init; }

    public string? Architecture { get; init; }

    public string? Variant { get; init; }
}

/// <summary>OCI image-spec, image-index.md and manifest.md in one: which it is, its fields tell.</summary>
internal sealed record ManifestDocument
{
    public int SchemaVersion { get; init; }

    public string? MediaType { get; init; }

    /// <summary>Of an index. Docker 27 writes null for none (moby #47210).</summary>
    public List<Descriptor?>? Manifests { get; init; }

    /// <summary>Of a manifest.</summary>
    public Descriptor? Config { get; init; }

    /// <summary>Of a manifest.</summary>
    public List<Descriptor?>? Layers { get; init; }
}

/// <summary>An image in the manifest.json of docker save (moby image/spec/spec.md, "Combined Image JSON").</summary>
internal sealed record DockerManifestItem
{
    public string? Config { get; init; }

    public List<string?>? RepoTags { get; init; }

    public List<string?>? Layers { get; init; }

    /// <summary>Layers that are fetched from elsewhere, by diff ID.</summary>
    public Dictionary<string, Descriptor?>? LayerSources { get; init; }
}

/// <summary>OCI image-spec, config.md. Docker's, before 1.10 too, is the same with more.</summary>
internal sealed record ConfigDocument
{
    public string? Created { get; init; }

    public string? Os { get; init; }

    public string? Architecture { get; init; }

    public string? Variant { get; init; }

    public RunDocument? Config { get; init; }

    public RootFsDocument? Rootfs { get; init; }

    public List<HistoryDocument?>? History { get; init; }

    /// <summary>Before Docker 1.10: the layer below.</summary>
    public string? Parent { get; init; }

    /// <summary>Before Docker 1.10: the container that the layer was made by.</summary>
    [JsonPropertyName("container_config")]
    public RunDocument? ContainerConfig { get; init; }
}

/// <summary>OCI image-spec, config.md, "config".</summary>
internal sealed record RunDocument
{
    public string? User { get; init; }

    public Dictionary<string, JsonElement>? ExposedPorts { get; init; }

    public List<string?>? Env { get; init; }

    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? Entrypoint { get; init; }

    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? Cmd { get; init; }

    public Dictionary<string, JsonElement>? Volumes { get; init; }

    public string? WorkingDir { get; init; }

    public Dictionary<string, string?>? Labels { get; init; }

    public string? StopSignal { get; init; }
}

/// <summary>OCI image-spec, config.md, "rootfs".</summary>
internal sealed record RootFsDocument
{
    [JsonPropertyName("diff_ids")]
    public List<string?>? DiffIds { get; init; }
}

/// <summary>OCI image-spec, config.md, "history".</summary>
internal sealed record HistoryDocument
{
    public string? Created { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    public string? Comment { get; init; }

    [JsonPropertyName("empty_layer")]
    public bool EmptyLayer { get; init; }
}

/// <summary>The documents, read by generated code. Case does not matter in names, as it does not in Go, which writes them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ManifestDocument))]
[JsonSerializable(typeof(List<DockerManifestItem>), TypeInfoPropertyName = "DockerManifest")]
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, string>>), TypeInfoPropertyName = "Repositories")]
internal sealed partial class ImageJson : JsonSerializerContext;
