using System.Text.Json;
using GoCross.Oci;
using GoCross.Progress;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>Images that are ready to be sent, made by hand from bytes.</summary>
internal static class TestPackage
{
    internal const string ConfigType = "application/vnd.oci.image.config.v1+json";

    /// <summary>An image of one platform, with layers that are stored as they are.</summary>
    internal static ImagePackage Image(params byte[][] layers) => Of(Manifest(layers), [.. BlobsOf(layers)]);

    /// <summary>An image of one platform, of these blobs.</summary>
    internal static ImagePackage Of(ImageDocument root, params ImageBlob[] blobs) =>
        new() { Root = root, Children = [], Referrers = [], Blobs = blobs };

    /// <summary>An index of an image for amd64 and one for arm64, with something attached to the index.</summary>
    internal static ImagePackage Index(byte[] amd64, byte[] arm64, byte[] attached)
    {
        byte[][] first = [amd64];
        byte[][] second = [arm64];
        byte[] armConfig = TestImage.Config(second, architecture: "arm64");
        ImageDocument one = Manifest(first);
        ImageDocument other = Document(TestImage.Manifest(armConfig, [(arm64, FakeRegistry.LayerType)]), FakeRegistry.ManifestType);
        byte[] index = TestImage.Index(For(one, "amd64"), For(other, "arm64"));
        ImageDocument root = Document(index, FakeRegistry.IndexType);
        return new ImagePackage
        {
            Root = root,
            Children = [one, other],
            Referrers = [Referrer(root, attached, "application/vnd.cyclonedx+json")],
            Blobs = [.. BlobsOf(first), Blob(armConfig, ConfigType), Blob(arm64), Blob("{}"u8.ToArray(), "application/vnd.oci.empty.v1+json"), Blob(attached)],
        };
    }

    /// <summary>A manifest that attaches something to another (OCI image-spec, "Guidelines for Artifact Usage").</summary>
    internal static ImageDocument Referrer(ImageDocument subject, byte[] attached, string type) => Document(
        JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = FakeRegistry.ManifestType,
            artifactType = type,
            config = TestImage.Descriptor("{}"u8.ToArray(), "application/vnd.oci.empty.v1+json"),
            layers = new[] { TestImage.Descriptor(attached, type) },
            subject = new { mediaType = subject.MediaType, digest = subject.Digest, size = subject.Content.Length },
            annotations = new Dictionary<string, string> { ["made"] = "by <hand>" },
        }),
        FakeRegistry.ManifestType);

    internal static ImageDocument Document(byte[] content, string type)
    {
        var document = ImageDocument.Of(content);
        return document with { Descriptor = document.Descriptor with { MediaType = type } };
    }

    internal static ImageDocument Manifest(params byte[][] layers) => Document(
        TestImage.Manifest(TestImage.Config(layers), [.. layers.Select(layer => (layer, FakeRegistry.LayerType))]), FakeRegistry.ManifestType);

    internal static ImageBlob Blob(byte[] content, string type = FakeRegistry.LayerType) =>
        new(new Descriptor { MediaType = type, Digest = TestImage.Sha256(content), Size = content.Length }, () => new MemoryStream(content, writable: false));

    internal static IEnumerable<ImageBlob> BlobsOf(params byte[][] layers) =>
        [Blob(TestImage.Config(layers), ConfigType), .. layers.Select(layer => Blob(layer))];

    /// <summary>Bytes that are not compressed and not repeated.</summary>
    internal static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static async Task<PushedImage> PushAsync(
        string reference, ImagePackage package, RegistryOptions options, Action<TransferProgress>? onProgress = null, CancellationToken cancellation = default) =>
        await new ImagePusher(ImageReference.Parse(reference), options).PushAsync(package, onProgress, cancellation);

    private static Dictionary<string, object> For(ImageDocument manifest, string architecture) =>
        TestImage.DescriptorFor(manifest.Content.ToArray(), architecture, mediaType: manifest.MediaType);
}
