using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Where an image's documents and layers are: an archive, a directory, or what was kept of a stream.</summary>
internal abstract class BlobStore(string name) : IDisposable
{
    /// <summary>How messages name it.</summary>
    internal string Name { get; } = name;

    /// <summary>Whether it has a blob. The path is clean.</summary>
    internal abstract bool Contains(string path);

    /// <summary>Whether it came to its end: an archive that is cut off on a block's border reads as a shorter one.</summary>
    internal virtual bool IsWhole => true;

    /// <summary>Whether a look costs a request, so that no more is looked at than is needed.</summary>
    internal virtual bool IsRemote => false;

    /// <summary>How many blobs are read at once.</summary>
    internal virtual int ParallelReads => Environment.ProcessorCount;

    /// <summary>Takes note of what a document says of a blob. Only a store that cannot look at its blobs needs it.</summary>
    internal virtual void Expect(string path, Descriptor descriptor)
    {
    }

    /// <summary>The paths at its root and one level below, links included, for a look at what it is.</summary>
    internal abstract IEnumerable<string> TopPaths { get; }

    /// <summary>Bytes of a blob that it has, as stored.</summary>
    internal abstract long SizeOf(string path);

    /// <summary>Reads a document, and verifies it where its digest is known.</summary>
    /// <exception cref="GoCrossException">BlobMissing, ImageJsonLimit, DigestMismatch, ImageTruncated.</exception>
    internal byte[] ReadDocument(string path, string? expectedDigest, ImageLimits limits)
    {
        if (!Contains(path))
        {
            throw Missing(path);
        }

        var label = new BlobLabel(Name, path);
        RequireJsonSize(label, SizeOf(path), limits);
        byte[] document = ReadAll(path, limits.JsonBytes);
        string? expected = expectedDigest ?? ArchivePath.DigestOf(path);
        LayerReader.RequireDigest(label, expected, Digests.Of(document, like: expected));
        return document;
    }

    /// <summary>Where the bytes of a blob that it has are.</summary>
    internal abstract BlobOrigin OriginOf(string path);

    /// <summary>Whether its blobs lie in files and can be read by position; if not, each opening fetches them anew.</summary>
    internal virtual bool IsSeekable => true;

    /// <summary>Opens a blob that it has.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="cancellation">Ends what has to be done first, and the reading of what cannot be sought in.</param>
    /// <returns>
    /// The stored bytes from their beginning.
    /// </returns>
    /// <exception cref="GoCrossException">BlobMissing; what fetching it anew throws.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal abstract Stream OpenBlob(string path, CancellationToken cancellation);

    /// <summary>Reads a layer.</summary>
    /// <exception cref="GoCrossException">BlobMissing; what <see cref="LayerReader"/> throws.</exception>
    internal virtual StoredLayer ReadLayer(
        string path, string? expectedDigest, LayerReader reader, StoredLayer? known, CancellationToken cancellation) =>
        reader.Read(
            () => OpenBlob(path, cancellation),
            new BlobLabel(Name, path),
            expectedDigest ?? ArchivePath.DigestOf(path),
            known,
            cancellation);

    /// <summary>The error for a blob that it does not have.</summary>
    internal virtual GoCrossException Missing(string path) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.BlobMissing), Name, path);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The error for more JSON than any image needs.</summary>
    internal static GoCrossException TooMuchJson(string name, ImageLimits limits) => GoCrossException.Create(
        ErrorKind.LimitExceeded, nameof(Messages.ImageJsonTotalLimit), new BlobLabel(name), limits.AllJsonBytes);

    /// <summary>The error for a document that is larger than any that is real.</summary>
    internal static GoCrossException TooLarge(BlobLabel label, long size, ImageLimits limits) => GoCrossException.Create(
        ErrorKind.LimitExceeded, nameof(Messages.ImageJsonLimit), label, size, limits.JsonBytes);

    /// <summary>Fails for a document that is larger than any that is real.</summary>
    /// <exception cref="GoCrossException">ImageJsonLimit.</exception>
    private protected static void RequireJsonSize(BlobLabel label, long size, ImageLimits limits)
    {
        if (size > limits.JsonBytes)
        {
            throw TooLarge(label, size, limits);
        }
    }

    /// <summary>The content of a blob that it has, and that was no larger than the limit when its size was asked.</summary>
    internal abstract byte[] ReadAll(string path, int limit);
}
