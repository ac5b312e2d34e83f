using GoCross.Errors;
using GoCross.Files;
using GoCross.Images.Manifests;
using GoCross.Images.Sources;
using GoCross.Images.Tar;

namespace GoCross.Images.Layers;

/// <summary>
/// Reads files out of the layers of an image whose indexes are known. A layer that lies uncompressed in a file is read
/// by position. Any other is read from its beginning for the file that is wanted, which is held in memory, and with it
/// the libraries that come along, for the next question is likely to be about those. Not safe for several threads.
/// </summary>
/// <param name="store">Where the layers are.</param>
/// <param name="descriptors">What the image says of its layers.</param>
/// <param name="layers">What was read of them.</param>
/// <param name="limits">The limits.</param>
/// <param name="cancellation">Ends the reading.</param>
internal sealed class LayerFiles(
    BlobStore store,
    IReadOnlyList<LayerDescriptor> descriptors,
    IReadOnlyList<ImageLayer> layers,
    ImageLimits limits,
    CancellationToken cancellation)
{
    // Where each entry's content begins in a layer that can be read by position; -1 for sparse files.
    private readonly Dictionary<int, long[]?> _offsets = [];
    private readonly Dictionary<(int Layer, int Entry), byte[]> _held = [];
    private long _heldBytes;

    /// <summary>Opens a regular file.</summary>
    /// <param name="layer">The number of its layer.</param>
    /// <param name="entry">The number of its entry in the layer's index.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="GoCrossException">ImageChanged; ImageContentLimit; BlobDamaged; what fetching the layer throws.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    internal IRandomAccessSource Open(int layer, int entry, string name)
    {
        LayerEntry wanted = layers[layer].Contents.Entries[entry];
        if (!_held.TryGetValue((layer, entry), out byte[]? content))
        {
            if (OffsetsOf(layer) is { } offsets && offsets[entry] >= 0)
            {
                return new StreamSource(name, OpenStored(layer), offsets[entry], wanted.Size);
            }

            content = Fetch(layer, entry, name);
        }

        return new StreamSource(name, new MemoryStream(content, writable: false), 0, content.Length);
    }

    // A name such as libc.so.6, libssl.so.3, ld-linux-x86-64.so.2, ld-musl-x86_64.so.1, or the loader's cache.
    private static bool IsLibrary(ReadOnlySpan<byte> name) => name.IndexOf(".so"u8) >= 0 || name.SequenceEqual("ld.so.cache"u8);

    private Stream OpenStored(int layer) => store.OpenBlob(descriptors[layer].Path!, cancellation);

    private BlobLabel LabelOf(int layer) => new(store.Name, descriptors[layer].Path);

    private long[]? OffsetsOf(int layer)
    {
        if (!_offsets.TryGetValue(layer, out long[]? offsets))
        {
            if (layers[layer].Compression == LayerCompression.None)
            {
                using Stream stored = OpenStored(layer);
                offsets = stored.CanSeek ? ReadOffsets(layer, stored) : null;
            }

            _offsets[layer] = offsets;
        }

        return offsets;
    }

    private long[] ReadOffsets(int layer, Stream stored)
    {
        long[] offsets = new long[layers[layer].Contents.Entries.Count];
        int count = 0;
        Walk(layer, stored, (scanner, entry) =>
        {
            offsets[entry] = scanner.Current.Sparse is null ? scanner.Position : -1;
            count++;
        });
        return count == offsets.Length ? offsets : throw Changed();
    }

    private byte[] Fetch(int layer, int wanted, string name)
    {
        LayerIndex contents = layers[layer].Contents;
        long size = contents.Entries[wanted].Size;
        if (size > limits.HeldBytes)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.ImageContentLimit), LabelOf(layer), name, size, limits.HeldBytes >> 20);
        }

        if (_heldBytes + size > limits.HeldBytes)
        {
            _held.Clear();
            _heldBytes = 0;
        }

        byte[]? content = null;
        using var unpacked = new UnpackedStream(
            OpenStored(layer), layers[layer].Compression, LabelOf(layer), limits, static _ => { }, cancellation);
        Walk(layer, unpacked, (scanner, entry) =>
        {
            if (entry == wanted)
            {
                content = Hold(scanner, layer, entry);
            }
            else if (contents.Entries[entry] is { Type: ImageFileType.File } other
                && _heldBytes + other.Size + (content is null ? size : 0) <= limits.HeldBytes
                && !_held.ContainsKey((layer, entry))
                && IsLibrary(contents.Paths.Name(other.Node)))
            {
                Hold(scanner, layer, entry);
            }
        });
        return content ?? throw Changed();
    }

    private byte[] Hold(TarScanner scanner, int layer, int entry)
    {
        LayerEntry expected = layers[layer].Contents.Entries[entry];
        byte[] content = new byte[expected.Size];
        foreach (SparseSegment segment in scanner.Current.Sparse ?? [new SparseSegment(0, expected.Size)])
        {
            Span<byte> rest = content.AsSpan(checked((int)segment.Offset), checked((int)segment.Length));
            while (!rest.IsEmpty)
            {
                ReadOnlySpan<byte> part = scanner.ReadContent(rest.Length);
                part.CopyTo(rest);
                rest = rest[part.Length..];
            }
        }

        // It was verified when the layer was indexed, and may have changed since.
        if (LayerIndexer.HashOf(content) != expected.Content)
        {
            throw Changed();
        }

        _held[(layer, entry)] = content;
        _heldBytes += content.Length;
        return content;
    }

    // The same entries in the same order as when the layer was indexed.
    private void Walk(int layer, Stream unpacked, Action<TarScanner, int> visit)
    {
        LayerIndex contents = layers[layer].Contents;
        using var scanner = new TarScanner(unpacked, LabelOf(layer), limits);
        int entry = 0;
        while (scanner.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            int node = contents.Paths.FindPath(scanner.Current.Name);
            if (node != PathTree.None && LayerIndexer.IsWhiteout(contents.Paths.Name(node)))
            {
                continue;
            }

            if (entry == contents.Entries.Count
                || contents.Entries[entry].Node != node
                || (contents.Entries[entry] is { Type: ImageFileType.File } known && known.Size != scanner.Current.Size))
            {
                throw Changed();
            }

            visit(scanner, entry++);
        }
    }

    private GoCrossException Changed() =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageChanged), store.Name);
}
