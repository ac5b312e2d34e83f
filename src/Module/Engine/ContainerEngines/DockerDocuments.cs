using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoCross.ContainerEngines;

/// <summary>A login in config.json. No record: a secret must not get into a text by itself.</summary>
internal sealed class DockerLogin
{
    /// <summary>The name and the password with a colon between, in base 64.</summary>
    public string? Auth { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public string? IdentityToken { get; init; }

    public string? RegistryToken { get; init; }
}

/// <summary>dockerd's daemon.json. Of the fields, the one that is used.</summary>
internal sealed record DaemonConfiguration
{
    /// <summary>Registries that may be without TLS, or with a certificate that nobody vouches for: host, host:port, or a network.</summary>
    [JsonPropertyName("insecure-registries")]
    public List<string?>? InsecureRegistries { get; init; }
}

/// <summary>A context's meta.json.</summary>
internal sealed record ContextDocument
{
    public string? Name { get; init; }

    public Dictionary<string, ContextEndpoint?>? Endpoints { get; init; }
}

/// <summary>An endpoint of a context.</summary>
internal sealed record ContextEndpoint
{
    public string? Host { get; init; }

    [JsonPropertyName("SkipTLSVerify")]
    public bool SkipTlsVerify { get; init; }
}

/// <summary>What a credential helper answers.</summary>
internal sealed class HelperAnswer
{
    public string? Username { get; init; }

    public string? Secret { get; init; }
}

/// <summary>Docker's documents, read by generated code. Go, which writes them, does not mind the case of names.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(DockerConfiguration))]
[JsonSerializable(typeof(DaemonConfiguration))]
[JsonSerializable(typeof(ContextDocument))]
[JsonSerializable(typeof(HelperAnswer))]
internal sealed partial class DockerJson : JsonSerializerContext;
