using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// An image archive that comes by once, as <c>docker save</c> writes it into a pipe, with the manifest at its end. Each
/// layer is indexed as it goes by, each document is kept; what belongs to the image is told afterwards.
/// </summary>
internal sealed class StreamedBlobStore : BlobStore
{
    private readonly Dictionary<string, byte[]> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredLayer> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GoCrossException> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly long _end;
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
        var label = new BlobLabel(name);
        using var scanner = new TarScanner(archive, label, limits);
        int count = 0;
        while (scanner.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (++count > limits.ArchiveEntries)
            {
                throw TarBlobStore.TooManyEntries(label, limits);
            }

            TarEntry entry = scanner.Current;
            string path = ArchivePath.Clean(Encoding.UTF8.GetString(entry.Name));
            switch (entry.Type)
            {
                case ImageFileType.File when entry.Sparse is null:
                    Forget(path);
                    _sizes[path] = entry.StoredSize;
                    Add(scanner, path, entry.StoredSize, reader, limits, cancellation);
                    break;
                case ImageFileType.SymbolicLink:
                    Forget(path);
                    _links[path] = ArchivePath.Follow(path, Encoding.UTF8.GetString(entry.LinkName));
                    break;
                case ImageFileType.HardLink:
                    Forget(path);
                    _links[path] = ArchivePath.Clean(Encoding.UTF8.GetString(entry.LinkName));
                    break;
                default:
                    break;
            }
        }

        IsWhole = scanner.HasEndMarker;
        _end = scanner.Position;

        // The writer of a pipe must not find it closed before it has written its last padding.
        Span<byte> rest = stackalloc byte[4096];
        while (archive.Read(rest) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    internal override bool IsWhole { get; }

    internal override IEnumerable<string> TopPaths => _documents.Keys
        .Concat(_layers.Keys).Concat(_failures.Keys).Concat(_links.Keys)
        .Where(path => path.Count(character => character == '/') <= 1);

    internal override bool Contains(string path) => Resolve(path) is not null;

    internal override long SizeOf(string path) => _sizes[Resolve(path)!];

    internal override BlobOrigin OriginOf(string path)
    {
        string real = Resolve(path)!;
        return new BlobOrigin((_stream, real), 0, _sizes[real], default);
    }

    internal override bool IsSeekable => false;

    /// <remarks>The archive is asked for again, and read up to the blob.</remarks>
    internal override Stream OpenBlob(string path, CancellationToken cancellation)
    {
        string real = Resolve(path) ?? throw Missing(path);
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
                    && entry.StoredSize == _sizes[real]
                    && ArchivePath.Clean(Encoding.UTF8.GetString(entry.Name)) == real)
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
        string real = Resolve(path) ?? throw Missing(path);
        if (_failures.TryGetValue(real, out GoCrossException? failure))
        {
            throw failure;
        }

        var label = new BlobLabel(Name, path);
        if (!_layers.TryGetValue(real, out StoredLayer? layer))
        {
            // A document in a layer's place: it reads as the broken archive that it is.
            return reader.Read(new MemoryStream(_documents[real]), label, expectedDigest, known, cancellation);
        }

        LayerReader.RequireDigest(label, expectedDigest, layer.DigestLike(expectedDigest));
        return known is null ? layer : layer with { Contents = known.Contents };
    }

    internal override GoCrossException Missing(string path) => IsWhole
        ? base.Missing(path)
        : GoCrossException.Create(
            ErrorKind.InvalidData, nameof(Messages.ImageTruncatedBefore), new BlobLabel(Name), _end, path);

    private protected override byte[] ReadAll(string path, int limit) =>
        _documents.TryGetValue(Resolve(path)!, out byte[]? document) ? document
        : _failures.TryGetValue(Resolve(path)!, out GoCrossException? failure) ? throw failure
        : [];

    // Documents begin with a brace, layers do not: a tar begins with a file's name and has a checksum.
    private static bool IsDocument(ReadOnlySpan<byte> head) =>
        head.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && !TarScanner.IsHeader(head);

    private void Add(
        TarScanner scanner,
        string path,
        long size,
        LayerReader reader,
        ImageLimits limits,
        CancellationToken cancellation)
    {
        var label = new BlobLabel(Name, path);
        var content = new EntryStream(scanner);
        byte[] head = new byte[Math.Min(size, TarScanner.BlockSize)];
        content.ReadExactly(head);
        if (IsDocument(head))
        {
            // It may be a neighbour's that nobody asks for, a bill of materials for example.
            if (size > limits.JsonBytes || _documentBytes + size > limits.AllJsonBytes)
            {
                _failures[path] = size > limits.JsonBytes ? TooLarge(label, size, limits) : TooMuchJson(limits);
                return;
            }

            _documentBytes += size;

            byte[] document = new byte[size];
            head.CopyTo(document, 0);
            content.ReadExactly(document.AsSpan(head.Length));
            _documents[path] = document;
            return;
        }

        // VERSION, README and their like are not layers, and nothing will ask for them.
        if (head.Length is > 0 and < TarScanner.BlockSize && head[0] is not (0x1F or 0x28))
        {
            return;
        }

        try
        {
            _layers[path] = reader.Read(
                new PrefixedStream(head, content), label, ArchivePath.DigestOf(path), known: null, cancellation);
        }
        catch (GoCrossException e) when (!content.ArchiveFailed && e.Kind != ErrorKind.LimitExceeded)
        {
            // It may belong to no image, or to one for another platform.
            _failures[path] = e;
        }
    }

    private void Forget(string path)
    {
        _documents.Remove(path);
        _layers.Remove(path);
        _failures.Remove(path);
        _links.Remove(path);
    }

    private string? Resolve(string path)
    {
        for (int i = 0; i < ArchivePath.MaxLinks; i++)
        {
            if (_documents.ContainsKey(path) || _layers.ContainsKey(path) || _failures.ContainsKey(path))
            {
                return path;
            }

            if (!_links.TryGetValue(path, out string? target))
            {
                return null;
            }

            path = target;
        }

        return null;
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
