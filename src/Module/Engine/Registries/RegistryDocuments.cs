using System.Text.Json.Serialization;

namespace GoCross.Registries;

/// <summary>The body of an error.</summary>
internal sealed record ErrorDocument
{
    public List<ErrorItem?>? Errors { get; init; }
}

/// <summary>One error of it.</summary>
internal sealed record ErrorItem
{
    public string? Code { get; init; }

    public string? Message { get; init; }
}

/// <summary>The answer of a token server (distribution, "Token Authentication Specification"). No record: it is a secret.</summary>
internal sealed class TokenDocument
{
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }
}

/// <summary>The tags of a repository (OCI distribution-spec, "Listing Tags").</summary>
internal sealed record TagsDocument
{
    public List<string?>? Tags { get; init; }
}

/// <summary>The documents of registries, read by generated code.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(TagsDocument))]
internal sealed partial class RegistryJson : JsonSerializerContext;
