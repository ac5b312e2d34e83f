using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// What was read of an image archive that comes by once, as <c>docker save</c> writes it into a pipe, with the manifest at its
/// end. Each layer is indexed as it goes by, each document is kept; what belongs to the image shows afterwards. It has nothing
/// of who read it, and may be kept longer.
/// </summary>
internal sealed class StreamedArchive
{
    private readonly string _name;
    private readonly ImageLimits _limits;
    private readonly List<LayerIndex> _indexes = [];
    private long _documentBytes;

    /// <summary>Reads the stream to its end.</summary>
    /// <param name="name">How messages name the image.</param>
    /// <param name="archive">The archive. The caller disposes it.</param>
    /// <param name="reader">What indexes the layers.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">TarDamaged; ImageTruncated; ArchiveEntriesLimit; ImageJsonLimit.</exception>
    internal StreamedArchive(
        string name, Stream archive, LayerReader reader, ImageLimits limits, CancellationToken cancellation)
    {
        _name = name;
        _limits = limits;
        Entries = new(name, archive, (scanner, path) => Read(scanner, path, reader, cancellation), limits, cancellation);

        // The writer of a pipe must not find it closed before it has written its last padding.
        Span<byte> rest = stackalloc byte[4096];
        while (archive.Read(rest) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>What is kept of its files, by their paths.</summary>
    internal ArchiveEntries<StreamedBlob> Entries { get; }

    /// <summary>The indexes of its layers.</summary>
    internal IReadOnlyList<LayerIndex> Indexes => _indexes;

    // Documents begin with a brace, layers do not: a tar begins with a file's name and has a checksum.
    private static bool IsDocument(ReadOnlySpan<byte> head) =>
        head.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && !TarScanner.IsHeader(head);

    private StreamedBlob? Read(TarScanner scanner, string path, LayerReader reader, CancellationToken cancellation)
    {
        long size = scanner.Current.StoredSize;
        var label = new BlobLabel(_name, path);
        var content = new EntryStream(scanner);
        byte[] head = new byte[Math.Min(size, TarScanner.BlockSize)];
        content.ReadExactly(head);
        if (IsDocument(head))
        {
            // It may be a neighbour's that nobody asks for, a bill of materials for example.
            if (size > _limits.JsonBytes || _documentBytes + size > _limits.AllJsonBytes)
            {
                return new StreamedBlob(size)
                {
                    Failure = size > _limits.JsonBytes ? BlobStore.TooLarge(label, size, _limits) : BlobStore.TooMuchJson(_name, _limits),
                };
            }

            _documentBytes += size;

            byte[] document = new byte[size];
            head.CopyTo(document, 0);
            content.ReadExactly(document.AsSpan(head.Length));
            return new StreamedBlob(size) { Document = document };
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
            _indexes.Add(layer.Contents);
            return new StreamedBlob(size) { Layer = layer };
        }
        catch (GoCrossException e) when (!content.ArchiveFailed && e.Kind != ErrorKind.LimitExceeded)
        {
            // It may belong to no image, or to one for another platform.
            return new StreamedBlob(size) { Failure = e };
        }
    }
}

/// <summary>What is kept of a file of an archive that was read forward: one of the three.</summary>
/// <param name="Size">Its bytes.</param>
internal sealed record StreamedBlob(long Size)
{
    internal byte[]? Document { get; init; }

    internal StoredLayer? Layer { get; init; }

    internal GoCrossException? Failure { get; init; }
}
