using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// Reads files out of the layers of an image whose indexes are known: by position from a layer that lies uncompressed in
/// a file, forward from any other. Not safe for several threads.
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
    CancellationToken cancellation) : IDisposable
{
    // Where each entry's content begins in a layer that can be read by position; null for one that cannot.
    private readonly Dictionary<int, long[]?> _offsets = [];
    private readonly Dictionary<int, ForwardLayer> _forward = [];
    private readonly HeldBudget _budget = new(limits.HeldLibraryBytes);

    /// <summary>Opens a regular file.</summary>
    /// <param name="layer">The number of its layer.</param>
    /// <param name="entry">The number of its entry in the layer's index.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="GoCrossException">ImageChanged; ImageContentLimit; BlobDamaged; what fetching the layer throws.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    internal IRandomAccessSource Open(int layer, int entry, string name)
    {
        long size = layers[layer].Contents.Entries[entry].Size;
        if (layers[layer].Contents.Kept?.TryOpen(entry, name, size) is { } kept)
        {
            return kept;
        }

        if (OffsetsOf(layer) is { } offsets && offsets[entry] >= 0)
        {
            return new StreamSource(name, OpenStored(layer), offsets[entry], size);
        }

        if (size > limits.HeldFileBytes)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded,
                nameof(Messages.ImageContentLimit),
                LabelOf(layer),
                name,
                size,
                limits.HeldFileBytes >> 20);
        }

        byte[] content = Forward(layer).Read(entry);
        return new StreamSource(name, new MemoryStream(content, writable: false), 0, content.Length);
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        foreach (ForwardLayer layer in _forward.Values)
        {
            layer.Dispose();
        }
    }

    private Stream OpenStored(int layer) => store.OpenBlob(descriptors[layer].Path!, cancellation);

    private BlobLabel LabelOf(int layer) => new(store.Name, descriptors[layer].Path);

    private ForwardLayer Forward(int layer)
    {
        if (!_forward.TryGetValue(layer, out ForwardLayer? forward))
        {
            forward = new ForwardLayer(
                () => Walk(layer, new UnpackedStream(
                    OpenStored(layer), layers[layer].Compression, LabelOf(layer), limits, static _ => { }, cancellation)),
                layers[layer].Contents,
                _budget);
            _forward.Add(layer, forward);
        }

        return forward;
    }

    private long[]? OffsetsOf(int layer)
    {
        if (!_offsets.TryGetValue(layer, out long[]? offsets))
        {
            offsets = store.IsSeekable && layers[layer].Compression == LayerCompression.None ? ReadOffsets(layer) : null;
            _offsets.Add(layer, offsets);
        }

        return offsets;
    }

    private long[] ReadOffsets(int layer)
    {
        long[] offsets = new long[layers[layer].Contents.Entries.Count];
        using LayerWalk walk = Walk(layer, OpenStored(layer));
        while (walk.MoveNext())
        {
            offsets[walk.Entry] = walk.ContentOffset;
        }

        return offsets;
    }

    private LayerWalk Walk(int layer, Stream unpacked) =>
        new(unpacked, layers[layer].Contents, LabelOf(layer), limits, Changed, cancellation);

    private GoCrossException Changed() =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageChanged), store.Name);
}
