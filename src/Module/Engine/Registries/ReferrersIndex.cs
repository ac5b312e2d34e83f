using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Registries;

/// <summary>
/// The list of what refers to a manifest, for registries that keep none (OCI distribution-spec, "Referrers Tag Schema").
/// </summary>
internal static class ReferrersIndex
{
    /// <summary>Adds to a list. What it has already is left as it is.</summary>
    /// <param name="known">The list; null where there is none yet.</param>
    /// <param name="label">How messages name it.</param>
    /// <param name="added">What is to be in it.</param>
    /// <exception cref="GoCrossException">ReferrersTagTaken: it is no list.</exception>
    internal static byte[] Add(RegistryManifest? known, BlobLabel label, IReadOnlyList<Referrer> added)
    {
        using JsonDocument? list = known is null ? null : Parse(known, label);
        JsonElement[] entries = list is null ? [] : [.. list.RootElement.GetProperty("manifests").EnumerateArray()];
        var there = entries.Select(DigestOf).ToHashSet(StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (JsonElement entry in entries)
            {
                entry.WriteTo(json);
            }

            foreach (Referrer referrer in added.Where(referrer => there.Add(referrer.Document.Digest)))
            {
                Write(json, referrer);
            }

            json.WriteEndArray();
            foreach (JsonProperty other in list?.RootElement.EnumerateObject().Where(IsOther) ?? [])
            {
                other.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JsonDocument Parse(RegistryManifest known, BlobLabel label)
    {
        try
        {
            JsonDocument list = JsonDocument.Parse(known.Content);
            JsonElement root = list.RootElement;
            if (root.ValueKind == JsonValueKind.Object
                && (known.MediaType ?? MediaTypes.OciIndex) == MediaTypes.OciIndex
                && root.TryGetProperty("manifests", out JsonElement manifests)
                && manifests.ValueKind == JsonValueKind.Array)
            {
                return list;
            }

            list.Dispose();
            throw Taken(known.MediaType ?? "it lists no manifests");
        }
        catch (JsonException e)
        {
            throw Taken(ServerText.Clean(e.Message));
        }

        GoCrossException Taken(string what) =>
            GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ReferrersTagTaken), label, what);
    }

    private static bool IsOther(JsonProperty property) => property.Name is not ("schemaVersion" or "mediaType" or "manifests");

    private static string? DigestOf(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("digest", out JsonElement digest)
        && digest.ValueKind == JsonValueKind.String
            ? digest.GetString()
            : null;

    private static void Write(Utf8JsonWriter json, Referrer referrer)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", referrer.Document.MediaType);
        json.WriteString("digest", referrer.Document.Digest);
        json.WriteNumber("size", referrer.Document.Content.Length);
        if (referrer.ArtifactType is { } type)
        {
            json.WriteString("artifactType", type);
        }

        if (referrer.Annotations is { } annotations)
        {
            json.WritePropertyName("annotations");
            annotations.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
