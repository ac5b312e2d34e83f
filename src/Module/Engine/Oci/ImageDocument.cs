using System.Text.Json;

namespace GoCross.Oci;

/// <summary>A manifest or an index, with its bytes, by which it is named.</summary>
/// <param name="Manifest">What it says.</param>
/// <param name="Descriptor">Its media type, digest and size. The mediaType in it is the same.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record ImageDocument(ManifestDocument Manifest, Descriptor Descriptor, ReadOnlyMemory<byte> Content)
{
    /// <summary>What it is sent as.</summary>
    internal string MediaType => Descriptor.MediaType!;

    /// <summary>The digest of its bytes: sha256:...</summary>
    internal string Digest => Descriptor.Digest!;

    /// <summary>Makes the bytes of a manifest.</summary>
    internal static ImageDocument Of(ManifestDocument manifest) => Of(manifest, ImageJson.Write(manifest));

    /// <summary>Reads the bytes of a manifest.</summary>
    /// <exception cref="JsonException">They are not one.</exception>
    internal static ImageDocument Of(byte[] content) =>
        Of(JsonSerializer.Deserialize(content, ImageJson.Default.ManifestDocument) ?? throw new JsonException("null"), content);

    private static ImageDocument Of(ManifestDocument manifest, byte[] content) => new(
        manifest,
        new Descriptor { MediaType = manifest.MediaType, Digest = Digests.Of(content), Size = content.Length },
        content);
}
