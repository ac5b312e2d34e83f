using System.Text.Json;
using GoCross.Oci;

namespace GoCross.Registries;

/// <summary>A manifest that is about another one, as a list of such shows it (OCI distribution-spec, "Listing Referrers").</summary>
/// <param name="Document">The manifest.</param>
/// <param name="Subject">The digest of what it is about.</param>
/// <param name="ArtifactType">What it is: its artifactType, or the type of its configuration.</param>
/// <param name="Annotations">Its annotations, as an object of JSON; null for none.</param>
internal sealed record Referrer(PackageDocument Document, string Subject, string? ArtifactType, JsonElement? Annotations)
{
    /// <summary>Reads a manifest of our own.</summary>
    internal static Referrer Of(PackageDocument document)
    {
        using var json = JsonDocument.Parse(document.Content);
        JsonElement root = json.RootElement;
        string? type = root.TryGetProperty("artifactType", out JsonElement stated) ? stated.GetString()
            : root.TryGetProperty("config", out JsonElement config) ? config.GetProperty("mediaType").GetString()
            : null;
        return new Referrer(
            document,
            root.GetProperty("subject").GetProperty("digest").GetString()!,
            type,
            root.TryGetProperty("annotations", out JsonElement annotations) ? annotations.Clone() : null);
    }
}
