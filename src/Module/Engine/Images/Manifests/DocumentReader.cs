using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Reads an image's documents from a store, and makes of a configuration what the rest of the module works with.</summary>
internal sealed class DocumentReader(BlobStore store, ImageLimits limits, CancellationToken cancellation)
{
    // A pebibyte: no blob is larger, and the sizes of all layers that an image may have add up to a number that fits.
    private const long MaxBlobLength = 1L << 50;

    private long _bytes;

    internal BlobStore Store => store;

    internal ImageLimits Limits => limits;

    /// <summary>Reads a document.</summary>
    /// <exception cref="GoCrossException">
    /// ImageJsonInvalid; ImageJsonTotalLimit; what <see cref="BlobStore.ReadDocument"/> throws.
    /// </exception>
    internal T Read<T>(string path, string? expectedDigest, JsonTypeInfo<T> type)
        where T : class => Read(path, expectedDigest, type, out _);

    /// <summary>Reads a document, and tells its bytes.</summary>
    /// <exception cref="GoCrossException">As above.</exception>
    internal T Read<T>(string path, string? expectedDigest, JsonTypeInfo<T> type, out byte[] content)
        where T : class
    {
        cancellation.ThrowIfCancellationRequested();
        byte[] document = content = store.ReadDocument(path, expectedDigest, limits);

        // An index may name one document as often as it likes, and each time it is hashed and parsed.
        _bytes += document.Length;
        if (_bytes > limits.AllJsonBytes)
        {
            throw BlobStore.TooMuchJson(store.Name, limits);
        }

        try
        {
            // Some editors put a byte order mark before their text.
            ReadOnlySpan<byte> text = document;
            text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
            return JsonSerializer.Deserialize(text, type)
                ?? throw GoCrossException.Create(
                    ErrorKind.InvalidData, nameof(Messages.ImageJsonInvalid), new BlobLabel(store.Name, path), "null");
        }
        catch (JsonException e)
        {
            throw GoCrossException.Create(
                e, ErrorKind.InvalidData, nameof(Messages.ImageJsonInvalid), new BlobLabel(store.Name, path), Describe(e));
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    // The serializer's own words are about types of .NET.
    private static string Describe(JsonException e) => e.InnerException is JsonException || e.Path is null
        ? string.Create(CultureInfo.CurrentCulture, $"it is not JSON any more at byte {e.BytePositionInLine + 1} of line {e.LineNumber + 1}")
        : $"{e.Path} is something else than a document of an image has there";

    /// <summary>Reads a blob that a descriptor points to.</summary>
    /// <exception cref="GoCrossException">What <see cref="Read{T}(string, string?, JsonTypeInfo{T})"/> throws.</exception>
    internal T ReadBlob<T>(Descriptor descriptor, JsonTypeInfo<T> type)
        where T : class
    {
        string path = PathOf(descriptor);
        return Read(path, descriptor.Digest, type);
    }

    /// <summary>Where a descriptor's blob is in a layout: blobs/ALGORITHM/HEX. The store sees what is said of it.</summary>
    /// <exception cref="GoCrossException">ImageDigestInvalid.</exception>
    internal string PathOf(Descriptor descriptor)
    {
        string digest = descriptor.Digest ?? string.Empty;
        if (!Digests.IsRegistered(digest))
        {
            throw GoCrossException.Create(
                ErrorKind.Unsupported, nameof(Messages.ImageDigestInvalid), new BlobLabel(store.Name), digest);
        }

        string path = ArchivePath.OfDigest(digest);
        store.Expect(path, descriptor);
        return path;
    }

    /// <summary>The size that a descriptor states of a blob that is not there to be measured, in bytes.</summary>
    /// <exception cref="GoCrossException">BlobSizeInvalid.</exception>
    internal long SizeOf(Descriptor descriptor, string path) => descriptor.Size is >= 0 and <= MaxBlobLength
        ? descriptor.Size
        : throw GoCrossException.Create(
            ErrorKind.InvalidData, nameof(Messages.BlobSizeInvalid), new BlobLabel(store.Name, path), descriptor.Size);

    /// <summary>The platform that a configuration states. Docker before 1.10 may state none.</summary>
    internal static ImagePlatform PlatformOf(ConfigDocument config) => new(
        string.IsNullOrEmpty(config.Os) ? "linux" : config.Os,
        string.IsNullOrEmpty(config.Architecture) ? "unknown" : config.Architecture,
        NullIfEmpty(config.Variant),
        NullIfEmpty(config.OsVersion));

    /// <summary>The platform of a descriptor, if it states one that is a platform.</summary>
    internal static ImagePlatform? PlatformOf(PlatformDocument? platform) =>
        string.IsNullOrEmpty(platform?.Os) || string.IsNullOrEmpty(platform.Architecture)
            ? null
            : new(platform.Os, platform.Architecture, NullIfEmpty(platform.Variant), NullIfEmpty(platform.OsVersion));

    /// <summary>The history entries that belong to layers, in the layers' order; null where they do not fit.</summary>
    internal static IReadOnlyList<HistoryDocument>? HistoryOf(ConfigDocument config, int layers)
    {
        HistoryDocument[] history = [.. (config.History ?? []).OfType<HistoryDocument>().Where(entry => !entry.EmptyLayer)];
        return history.Length == layers ? history : null;
    }

    /// <summary>The diff IDs of a configuration, of which there must be one a layer.</summary>
    /// <exception cref="GoCrossException">LayerCountMismatch; ImageLayersLimit.</exception>
    internal IReadOnlyList<string> DiffIdsOf(ConfigDocument config, string configPath, int layers)
    {
        if (layers > limits.Layers)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.ImageLayersLimit), new BlobLabel(store.Name), layers, limits.Layers);
        }

        string[] diffIds = [.. (config.Rootfs?.DiffIds ?? []).OfType<string>()];
        return diffIds.Length == layers
            ? diffIds
            : throw GoCrossException.Create(
                ErrorKind.InvalidData,
                nameof(Messages.LayerCountMismatch),
                new BlobLabel(store.Name, configPath),
                layers,
                diffIds.Length);
    }
}
