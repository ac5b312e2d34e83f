using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// An image archive that comes by once, as <c>docker save</c> writes it into a pipe, with the manifest at its end. Each
/// layer is indexed as it goes by, each document is kept; what belongs to the image shows afterwards.
/// </summary>
internal sealed class StreamedBlobStore : BlobStore
{
    private readonly ArchiveEntries<Blob> _entries;
    private readonly Func<CancellationToken, Stream> _reopen;
    private readonly ImageLimits _limits;

    // What is in one stream is not in the next, whatever both are called: a name in an engine moves.
    private readonly object _stream = new();
    private long _documentBytes;

    /// <summary>Reads the stream to its end.</summary>
    /// <param name="name">How messages name the image.</param>
    /// <param name="archive">The archive. The caller disposes it.</param>
    /// <param name="reopen">Opens the archive once more, for a blob that is read again. Its caller disposes it.</param>
    /// <param name="reader">What indexes the layers.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">TarDamaged; ImageTruncated; ArchiveEntriesLimit; ImageJsonLimit.</exception>
    internal StreamedBlobStore(
        string name,
        Stream archive,
        Func<CancellationToken, Stream> reopen,
        LayerReader reader,
        ImageLimits limits,
        CancellationToken cancellation)
        : base(name)
    {
        _reopen = reopen;
        _limits = limits;
        _entries = new(name, archive, (scanner, path) => Read(scanner, path, reader, cancellation), limits, cancellation);

        // The writer of a pipe must not find it closed before it has written its last padding.
        Span<byte> rest = stackalloc byte[4096];
        while (archive.Read(rest) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>About what the indexes of its layers cost of memory, in bytes.</summary>
    internal long IndexCost { get; private set; }

    internal override bool IsWhole => _entries.IsWhole;

    internal override IEnumerable<string> TopPaths => _entries.TopPaths;

    internal override bool Contains(string path) => _entries.Resolve(path) is not null;

    internal override long SizeOf(string path) => _entries[path].Size;

    internal override BlobOrigin OriginOf(string path) => new((_stream, _entries.Resolve(path)!), 0, SizeOf(path), default);

    internal override bool IsSeekable => false;

    /// <remarks>The archive is asked for again, and read up to the blob.</remarks>
    internal override Stream OpenBlob(string path, CancellationToken cancellation)
    {
        string real = _entries.Resolve(path) ?? throw Missing(path);
        long size = SizeOf(real);
        Stream archive = _reopen(cancellation);
        TarScanner? scanner = null;
        try
        {
            scanner = new TarScanner(archive, new BlobLabel(Name), _limits);
            while (scanner.MoveNext())
            {
                cancellation.ThrowIfCancellationRequested();
                TarEntry entry = scanner.Current;

                // Of a name that is there twice the later counts, and the size is what is known of it.
                if (entry is { Type: ImageFileType.File, Sparse: null }
                    && entry.StoredSize == size
                    && UnixPath.Clean(Encoding.UTF8.GetString(entry.Name)) == real)
                {
                    var content = new OwningEntryStream(scanner, archive);
                    scanner = null;
                    return content;
                }
            }

            throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageChanged), Name);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
        finally
        {
            scanner?.Dispose();
        }
    }

    internal override StoredLayer ReadLayer(
        string path, string? expectedDigest, LayerReader reader, StoredLayer? known, CancellationToken cancellation)
    {
        Blob blob = _entries.TryGet(path, out Blob? found) ? found : throw Missing(path);
        if (blob.Failure is not null)
        {
            throw blob.Failure;
        }

        var label = new BlobLabel(Name, path);
        if (blob.Layer is not { } layer)
        {
            // A document in a layer's place: it reads as the broken archive that it is.
            return reader.Read(new MemoryStream(blob.Document!), label, expectedDigest, known, cancellation);
        }

        LayerReader.RequireDigest(label, expectedDigest, layer.DigestLike(expectedDigest));
        return known is null ? layer : layer with { Contents = known.Contents };
    }

    internal override GoCrossException Missing(string path) =>
        IsWhole ? base.Missing(path) : _entries.CutOffBefore(path);

    private protected override byte[] ReadAll(string path, int limit)
    {
        Blob blob = _entries[path];
        return blob.Failure is null ? blob.Document ?? [] : throw blob.Failure;
    }

    // Documents begin with a brace, layers do not: a tar begins with a file's name and has a checksum.
    private static bool IsDocument(ReadOnlySpan<byte> head) =>
        head.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && !TarScanner.IsHeader(head);

    private Blob? Read(TarScanner scanner, string path, LayerReader reader, CancellationToken cancellation)
    {
        long size = scanner.Current.StoredSize;
        var label = new BlobLabel(Name, path);
        var content = new EntryStream(scanner);
        byte[] head = new byte[Math.Min(size, TarScanner.BlockSize)];
        content.ReadExactly(head);
        if (IsDocument(head))
        {
            // It may be a neighbour's that nobody asks for, a bill of materials for example.
            if (size > _limits.JsonBytes || _documentBytes + size > _limits.AllJsonBytes)
            {
                return new Blob(size)
                {
                    Failure = size > _limits.JsonBytes ? TooLarge(label, size, _limits) : TooMuchJson(_limits),
                };
            }

            _documentBytes += size;

            byte[] document = new byte[size];
            head.CopyTo(document, 0);
            content.ReadExactly(document.AsSpan(head.Length));
            return new Blob(size) { Document = document };
        }

        // VERSION, README and their like are not layers, and nothing will ask for them.
        if (head.Length is > 0 and < TarScanner.BlockSize && head[0] is not (0x1F or 0x28))
        {
            return null;
        }

        try
        {
            StoredLayer layer = reader.Read(
                new PrefixedStream(head, content), label, ArchivePath.DigestOf(path), known: null, cancellation);
            IndexCost += layer.Contents.Cost;
            return new Blob(size) { Layer = layer };
        }
        catch (GoCrossException e) when (!content.ArchiveFailed && e.Kind != ErrorKind.LimitExceeded)
        {
            // It may belong to no image, or to one for another platform.
            return new Blob(size) { Failure = e };
        }
    }

    // What is kept of a file: one of the three.
    private sealed record Blob(long Size)
    {
        internal byte[]? Document { get; init; }

        internal StoredLayer? Layer { get; init; }

        internal GoCrossException? Failure { get; init; }
    }

    private sealed class OwningEntryStream(TarScanner scanner, Stream archive) : ForwardOnlyStream
    {
        private readonly EntryStream _content = new(scanner);

        public override int Read(Span<byte> buffer) => _content.Read(buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                scanner.Dispose();
                archive.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
