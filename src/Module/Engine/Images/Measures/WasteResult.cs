using System.Collections;

namespace GoCross.Images;

/// <summary>What layers store and nobody sees.</summary>
internal sealed class WasteResult
{
    // Ordered by bytes of the path, then by path and layer: the copies of a path stand together.
    private readonly Copy[] _copies;
    private readonly ContainerImage _image;

    private WasteResult(ContainerImage image, IReadOnlyList<LayerMeasures> layers, Copy[] copies, int pathCount)
    {
        _image = image;
        Layers = layers;
        _copies = copies;
        PathCount = pathCount;
    }

    internal IReadOnlyList<LayerMeasures> Layers { get; }

    internal int PathCount { get; }

    internal static WasteResult Of(ContainerImage image, VisibleFiles visible, CancellationToken cancellation)
    {
        var layers = new List<LayerMeasures>();
        var copies = new List<Copy>();
        foreach (ImageLayer layer in image.Layers)
        {
            cancellation.ThrowIfCancellationRequested();
            long wasted = AddCopies(image, layer, visible.Entries[layer.Index], copies);
            layers.Add(new LayerMeasures
            {
                Index = layer.Index,
                FilesAdded = layer.FilesAdded,
                FilesChanged = layer.FilesChanged,
                FilesRemoved = layer.FilesRemoved,
                VisibleBytes = layer.Size - wasted,
                WastedBytes = wasted,
            });
        }

        Copy[] ordered = [.. copies];
        return new WasteResult(image, layers, ordered, Order(ordered, cancellation));
    }

    internal IEnumerable<WastedPath> Paths(PathTree paths)
    {
        for (int start = 0, end; start < _copies.Length; start = end)
        {
            end = start + 1;
            while (end < _copies.Length && _copies[end].Node == _copies[start].Node)
            {
                end++;
            }

            yield return PathOf(paths, _copies.AsSpan(start, end - start));
        }
    }

    // Gives the bytes that nobody sees.
    private static long AddCopies(ContainerImage image, ImageLayer layer, BitArray visible, List<Copy> copies)
    {
        LayerIndex contents = layer.Contents;
        int[]? nodes = null;
        long wasted = 0;
        for (int i = 0; i < contents.Entries.Count; i++)
        {
            ref LayerEntry entry = ref contents.Entries[i];
            if (entry.Type == ImageFileType.File && entry.Size > 0 && !visible[i])
            {
                nodes ??= image.Files.NodesOf(contents);
                wasted += entry.Size;
                copies.Add(new Copy { Node = nodes[entry.Node], Layer = layer.Index, EntryIndex = i, Size = entry.Size });
            }
        }

        return wasted;
    }

    // The largest path first. Gives the number of paths.
    private static int Order(Copy[] copies, CancellationToken cancellation)
    {
        Array.Sort(copies, static (left, right) => left.Node != right.Node
            ? left.Node.CompareTo(right.Node)
            : left.Layer.CompareTo(right.Layer));
        cancellation.ThrowIfCancellationRequested();
        int count = 0;
        for (int start = 0, end; start < copies.Length; start = end, count++)
        {
            long bytes = 0;
            for (end = start; end < copies.Length && copies[end].Node == copies[start].Node; end++)
            {
                bytes += copies[end].Size;
            }

            for (int i = start; i < end; i++)
            {
                copies[i].PathBytes = bytes;
            }
        }

        Array.Sort(copies, static (left, right) =>
            left.PathBytes != right.PathBytes ? right.PathBytes.CompareTo(left.PathBytes)
            : left.Node != right.Node ? left.Node.CompareTo(right.Node)
            : left.Layer != right.Layer ? left.Layer.CompareTo(right.Layer)
            : left.EntryIndex.CompareTo(right.EntryIndex));
        return count;
    }

    private WastedPath PathOf(PathTree paths, ReadOnlySpan<Copy> copies)
    {
        int node = copies[0].Node;
        bool hasFile = _image.Files.TryGetEntry(node, out LayerEntry final, out _, out int finalLayer)
            && final.Type != ImageFileType.Directory;
        WasteCause cause = hasFile ? WasteCause.Repeated : WasteCause.Removed;
        var layers = new List<int>();
        foreach (Copy copy in copies)
        {
            ref LayerEntry entry = ref _image.Layers[copy.Layer].Contents.Entries[copy.EntryIndex];
            if (hasFile && (final.Type != entry.Type || final.Size != entry.Size || final.Content != entry.Content))
            {
                cause = WasteCause.Replaced;
            }

            if (layers.Count == 0 || layers[^1] != copy.Layer)
            {
                layers.Add(copy.Layer);
            }
        }

        return new WastedPath
        {
            Path = paths.PathOf(node),
            Bytes = copies[0].PathBytes,
            Count = copies.Length,
            Cause = cause,
            Layers = layers,
            FinalLayer = hasFile ? finalLayer : null,
        };
    }

    private struct Copy
    {
        internal long Size;
        internal long PathBytes;
        internal int Node;
        internal int Layer;
        internal int EntryIndex;
    }
}

/// <summary>A path under which layers store what nobody sees in the image.</summary>
public sealed record WastedPath
{
    /// <summary>The path in the image, from its root: /var/cache/apt/pkgcache.bin.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the copies that nobody sees.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many copies that nobody sees there are.</summary>
    public required int Count { get; init; }

    /// <summary>The same as <see cref="Count"/>: the name that the table's header has.</summary>
    public int Copies => Count;

    /// <summary>Why. Where copies have several causes, the one that stands first in <see cref="WasteCause"/>.</summary>
    public required WasteCause Cause { get; init; }

    /// <summary>The layers that hold the copies, from 0.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>The layer that the path's file is from in the end, from 0; null where there is none.</summary>
    public required int? FinalLayer { get; init; }
}

/// <summary>Why nobody sees what a layer stores under a path.</summary>
public enum WasteCause
{
    /// <summary>A layer above removes the file, or puts a directory in its place.</summary>
    Removed,

    /// <summary>The path has another file in a layer above, or later in the same layer.</summary>
    Replaced,

    /// <summary>
    /// A layer above stores the same content under the path once more: its mode, owner, times or attributes were
    /// changed, or it was copied again.
    /// </summary>
    Repeated,
}
