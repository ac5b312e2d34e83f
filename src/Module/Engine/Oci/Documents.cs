using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoCross.Oci;

/// <summary>OCI image-spec, descriptor.md. Of the fields, those that are used.</summary>
internal sealed record Descriptor
{
    public string? MediaType { get; init; }

    public string? Digest { get; init; }

    public long Size { get; init; }

    public PlatformDocument? Platform { get; init; }

    /// <summary>Of a manifest that is not an image's but of something that belongs to one.</summary>
    public string? ArtifactType { get; init; }

    public IReadOnlyDictionary<string, string?>? Annotations { get; init; }
}

/// <summary>OCI image-spec, image-index.md, "platform".</summary>
internal sealed record PlatformDocument
{
    public string? Architecture { get; init; }

    public string? Os { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    public string? Variant { get; init; }
}

/// <summary>OCI image-spec, image-index.md and manifest.md in one: which it is, its fields tell.</summary>
internal sealed record ManifestDocument
{
    public int SchemaVersion { get; init; } = 2;

    public string? MediaType { get; init; }

    /// <summary>Of the manifest of something that belongs to an image: what that is.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Of a manifest.</summary>
    public Descriptor? Config { get; init; }

    /// <summary>Of a manifest.</summary>
    public IReadOnlyList<Descriptor?>? Layers { get; init; }

    /// <summary>Of an index. Docker 27 writes null for none (moby #47210).</summary>
    public IReadOnlyList<Descriptor?>? Manifests { get; init; }

    /// <summary>Of the manifest of something that belongs to an image: the image's manifest or index.</summary>
    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string?>? Annotations { get; init; }
}

/// <summary>OCI image-spec, image-layout.md, "oci-layout file".</summary>
internal sealed record LayoutDocument
{
    public string ImageLayoutVersion { get; init; } = "1.0.0";
}

/// <summary>An image in the manifest.json of docker save (moby image/spec/spec.md, "Combined Image JSON").</summary>
internal sealed record DockerManifestItem
{
    [JsonPropertyName("Config")]
    public string? Config { get; init; }

    [JsonPropertyName("RepoTags")]
    public IReadOnlyList<string?>? RepoTags { get; init; }

    [JsonPropertyName("Layers")]
    public IReadOnlyList<string?>? Layers { get; init; }

    /// <summary>Layers that are fetched from elsewhere, by diff ID.</summary>
    [JsonPropertyName("LayerSources")]
    public IReadOnlyDictionary<string, Descriptor?>? LayerSources { get; init; }
}

/// <summary>OCI image-spec, config.md. Docker's, before 1.10 too, is the same with more.</summary>
internal sealed record ConfigDocument
{
    public string? Created { get; init; }

    public string? Author { get; init; }

    public string? Architecture { get; init; }

    public string? Os { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public IReadOnlyList<string?>? OsFeatures { get; init; }

    public string? Variant { get; init; }

    public RunDocument? Config { get; init; }

    public RootFsDocument? Rootfs { get; init; }

    public IReadOnlyList<HistoryDocument?>? History { get; init; }

    /// <summary>Before Docker 1.10: the layer below.</summary>
    public string? Parent { get; init; }

    /// <summary>Before Docker 1.10: the container that the layer was made by.</summary>
    [JsonPropertyName("container_config")]
    public RunDocument? ContainerConfig { get; init; }
}

/// <summary>OCI image-spec, config.md, "config"; and what Docker has beside it (moby image/spec/spec.md).</summary>
internal sealed record RunDocument
{
    [JsonPropertyName("User")]
    public string? User { get; init; }

    [JsonPropertyName("ExposedPorts")]
    [JsonConverter(typeof(KeysConverter))]
    public IReadOnlyList<string>? ExposedPorts { get; init; }

    [JsonPropertyName("Env")]
    public IReadOnlyList<string?>? Env { get; init; }

    [JsonPropertyName("Entrypoint")]
    [JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Entrypoint { get; init; }

    [JsonPropertyName("Cmd")]
    [JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Cmd { get; init; }

    [JsonPropertyName("Healthcheck")]
    public HealthcheckDocument? Healthcheck { get; init; }

    [JsonPropertyName("Volumes")]
    [JsonConverter(typeof(KeysConverter))]
    public IReadOnlyList<string>? Volumes { get; init; }

    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    [JsonPropertyName("OnBuild")]
    public IReadOnlyList<string?>? OnBuild { get; init; }

    [JsonPropertyName("Labels")]
    public IReadOnlyDictionary<string, string?>? Labels { get; init; }

    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }

    /// <summary>In seconds.</summary>
    [JsonPropertyName("StopTimeout")]
    public int? StopTimeout { get; init; }

    [JsonPropertyName("Shell")]
    [JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Of Windows: the one text of Cmd or Entrypoint is a command line whose quotes are set already.</summary>
    [JsonPropertyName("ArgsEscaped")]
    public bool? ArgsEscaped { get; init; }

    /// <summary>What else there is. The serializer sets it after all others.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>moby image/spec/spec.md, "Healthcheck". OCI's specification has none. Times in nanoseconds.</summary>
internal sealed record HealthcheckDocument
{
    [JsonPropertyName("Test")]
    public IReadOnlyList<string?>? Test { get; init; }

    [JsonPropertyName("Interval")]
    public long? Interval { get; init; }

    [JsonPropertyName("Timeout")]
    public long? Timeout { get; init; }

    [JsonPropertyName("StartPeriod")]
    public long? StartPeriod { get; init; }

    [JsonPropertyName("StartInterval")]
    public long? StartInterval { get; init; }

    [JsonPropertyName("Retries")]
    public int? Retries { get; init; }
}

/// <summary>OCI image-spec, config.md, "rootfs".</summary>
internal sealed record RootFsDocument
{
    public string? Type { get; init; }

    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<string?>? DiffIds { get; init; }
}

/// <summary>OCI image-spec, config.md, "history".</summary>
internal sealed record HistoryDocument
{
    public string? Created { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    public string? Comment { get; init; }

    [JsonPropertyName("empty_layer")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EmptyLayer { get; init; }
}

/// <summary>
/// The documents, read and written by generated code. Case does not matter in names that are read, as it does not in Go,
/// which writes them. What is written has the records' order of names and no spaces: the bytes are named by their digests.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ManifestDocument))]
[JsonSerializable(typeof(IReadOnlyList<DockerManifestItem?>), TypeInfoPropertyName = "DockerManifest")]
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(LayoutDocument))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, string>>), TypeInfoPropertyName = "Repositories")]
internal sealed partial class ImageJson : JsonSerializerContext
{
    /// <summary>The empty document (manifest.md, "Guidance for an Empty Descriptor").</summary>
    internal static ReadOnlyMemory<byte> Empty { get; } = "{}"u8.ToArray();

    /// <summary>A document's bytes.</summary>
    internal static byte[] Write<T>(T document) => JsonSerializer.SerializeToUtf8Bytes(document, typeof(T), Writing.Context);

    // Made when it is first used: the options of the generated part are there by then.
    private static class Writing
    {
        // The strict encoder is for JSON inside of HTML; this one leaves a + in a version readable.
        internal static readonly ImageJson Context = new(new JsonSerializerOptions(Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
