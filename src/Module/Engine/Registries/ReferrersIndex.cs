using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Registries;

/// <summary>
/// The list of what refers to a manifest, for registries that keep none (OCI distribution-spec, "Referrers Tag Schema").
/// </summary>
internal static class ReferrersIndex
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds to a list. What others have put into it stays as it is, also where no field of ours stands for it.</summary>
    /// <param name="known">The list; null where there is none yet.</param>
    /// <param name="label">How messages name it.</param>
    /// <param name="added">What is to be in it.</param>
    /// <exception cref="GoCrossException">ReferrersTagTaken: it is not a list.</exception>
    internal static ImageDocument Add(RegistryManifest? known, BlobLabel label, IEnumerable<ImageDocument> added)
    {
        var descriptors = added.Select(EntryOf).ToList();
        if (known is null)
        {
            return ImageDocument.Of(new ManifestDocument { MediaType = MediaTypes.OciIndex, Manifests = descriptors });
        }

        try
        {
            var list = JsonNode.Parse(known.Content) as JsonObject;
            if ((known.MediaType ?? MediaTypes.OciIndex) != MediaTypes.OciIndex || list?["manifests"] is not JsonArray entries)
            {
                throw Taken(known.MediaType ?? "it lists no manifests");
            }

            var there = entries.Select(entry => (entry as JsonObject)?["digest"]?.ToString()).ToHashSet(StringComparer.Ordinal);
            foreach (Descriptor descriptor in descriptors.Where(descriptor => there.Add(descriptor.Digest)))
            {
                entries.Add(JsonNode.Parse(ImageJson.Write(descriptor)));
            }

            list["mediaType"] = MediaTypes.OciIndex;
            return ImageDocument.Of(JsonSerializer.SerializeToUtf8Bytes(list, Relaxed));
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // The second is what a name that is there twice is for a JsonObject.
            throw Taken(ServerText.Clean(e.Message));
        }

        GoCrossException Taken(string what) =>
            GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ReferrersTagTaken), label, what);
    }

    // As the list shows it: what it is, is its artifactType, or the type of its configuration.
    private static Descriptor EntryOf(ImageDocument referrer) => referrer.Descriptor with
    {
        ArtifactType = referrer.Manifest.ArtifactType ?? referrer.Manifest.Config?.MediaType,
        Annotations = referrer.Manifest.Annotations,
    };
}
