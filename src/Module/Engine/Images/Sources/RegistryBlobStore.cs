using GoCross.Errors;
using GoCross.Oci;
using GoCross.Registries;

namespace GoCross.Images;

/// <summary>
/// An image in a registry. Its documents are kept, its layers come by once each, verified, and are not stored. Of a blob
/// nothing is known but what the documents say, until it is read.
/// </summary>
internal sealed class RegistryBlobStore : BlobStore
{
    // What docker pull does at once is 3, skopeo copy 6: the network is waited for, not the processor.
    private const int MinParallelReads = 4;

    private readonly RegistryClient _client;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<string, Descriptor> _expected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _foreign = new(StringComparer.Ordinal);

    private RegistryBlobStore(
        RegistryClient client, RegistryManifest top, IReadOnlyDictionary<string, byte[]>? known, CancellationToken cancellation)
        : base(client.Name)
    {
        _client = client;
        _cancellation = cancellation;
        foreach ((string path, byte[] document) in known ?? new Dictionary<string, byte[]>())
        {
            _documents.Add(path, document);
        }

        _documents[ArchivePath.OfDigest(top.Digest)] = top.Content;

        // Registries exist that call every document JSON, or text; then its content tells what it is.
        bool isVague = top.MediaType is "application/json" or "text/plain" or "application/octet-stream";
        Top = new Descriptor
        {
            MediaType = isVague ? null : top.MediaType,
            Digest = top.Digest,
            Size = top.Content.Length,
        };
    }

    /// <summary>The manifest or the index that the name leads to.</summary>
    internal Descriptor Top { get; }

    /// <summary>The documents that were fetched, by their paths.</summary>
    internal IReadOnlyDictionary<string, byte[]> Documents => _documents;

    internal override bool IsRemote => true;

    internal override int ParallelReads => Math.Max(MinParallelReads, Environment.ProcessorCount);

    internal override IEnumerable<string> TopPaths => [];

    /// <summary>Reads the manifest or the index that a name leads to.</summary>
    /// <param name="reference">The name.</param>
    /// <param name="settings">How images are read.</param>
    /// <param name="cancellation">Ends this, and all that is read later.</param>
    /// <exception cref="GoCrossException">What <see cref="RegistryClient.GetManifestAsync"/> throws.</exception>
    internal static async Task<RegistryBlobStore> OpenAsync(
        ImageReference reference, ImageReader settings, CancellationToken cancellation)
    {
        var client = new RegistryClient(reference, settings.Registries);
        try
        {
            RegistryManifest top = await client
                .GetManifestAsync(reference.TagOrDigest, settings.Limits.JsonBytes, cancellation)
                .ConfigureAwait(false);
            return new RegistryBlobStore(client, top, settings.Session?.FindDocuments(top.Digest), cancellation);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <exception cref="GoCrossException">BlobSizeMismatch: documents contradict each other.</exception>
    internal override void Expect(string path, Descriptor descriptor)
    {
        if (_expected.TryGetValue(path, out Descriptor? other) && other.Size != descriptor.Size)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidData,
                nameof(Messages.BlobSizeMismatch),
                new BlobLabel(Name, path),
                descriptor.Size,
                other.Size);
        }

        _expected[path] = descriptor;
    }

    /// <summary>Whether a blob is there: of one that is a foreign layer, the registry is asked; others have to be.</summary>
    internal override bool Contains(string path)
    {
        if (!_expected.TryGetValue(path, out Descriptor? descriptor) || !MediaTypes.IsForeign(descriptor.MediaType))
        {
            return descriptor is not null;
        }

        if (!_foreign.TryGetValue(path, out bool isThere))
        {
            isThere = _client.HasBlobAsync(descriptor.Digest!, _cancellation).GetAwaiter().GetResult();
            _foreign.Add(path, isThere);
        }

        return isThere;
    }

    internal override long SizeOf(string path) => _expected[path].Size;

    // What was verified against its digest is that, wherever it came from.
    internal override BlobOrigin OriginOf(string path) => new(_expected[path].Digest!, 0, SizeOf(path), default);

    internal override bool IsSeekable => false;

    internal override Stream OpenBlob(string path, CancellationToken cancellation)
    {
        Descriptor descriptor = _expected[path];
        return new RegistryBlobStream(_client, descriptor.Digest!, descriptor.Size, cancellation);
    }

    internal override GoCrossException Missing(string path) => _client.BlobMissing(ArchivePath.DigestOf(path) ?? path);

    // Kept, for a document may be asked for again: all of them together are bounded by what is read in search of an image.
    internal override byte[] ReadAll(string path, int limit)
    {
        if (!_documents.TryGetValue(path, out byte[]? document))
        {
            document = FetchAsync(_expected[path], limit).GetAwaiter().GetResult();
            _documents.Add(path, document);
        }

        return document;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _client.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<byte[]> FetchAsync(Descriptor descriptor, int limit)
    {
        // What is not a manifest's by its media type is a configuration, which is a blob like any other. Old documents may
        // state no type.
        bool isUntold = string.IsNullOrEmpty(descriptor.MediaType);
        if (isUntold || !MediaTypes.IsManifestOrIndex(descriptor.MediaType))
        {
            try
            {
                return await _client.GetBlobAsync(descriptor.Digest!, limit, _cancellation).ConfigureAwait(false);
            }
            catch (GoCrossException e) when (isUntold && e.ErrorId == nameof(Messages.RegistryBlobMissing))
            {
                // Then it is a manifest.
            }
        }

        RegistryManifest manifest = await _client
            .GetManifestAsync(descriptor.Digest!, limit, _cancellation)
            .ConfigureAwait(false);
        return manifest.Content;
    }
}
