using System.Collections;

namespace GoCross.Images;

/// <summary>Which entries of an image's layers its file system has in the end.</summary>
/// <param name="Entries">By layer and entry: whether it is there, under its own path or that of a hard link.</param>
/// <param name="Nodes">A node of each file with content, that of its first path.</param>
internal sealed record VisibleFiles(IReadOnlyList<BitArray> Entries, ChunkedList<int> Nodes)
{
    internal static VisibleFiles Of(ContainerImage image, CancellationToken cancellation)
    {
        SquashedTree files = image.Files;
        BitArray[] entries = [.. image.Layers.Select(layer => new BitArray(layer.Contents.Entries.Count))];
        var nodes = new ChunkedList<int>();
        for (int node = 0; node < files.Paths.Count; node++)
        {
            if (node % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (!files.TryGetSource(node, out int layer, out int entryIndex) || entries[layer][entryIndex])
            {
                continue;
            }

            entries[layer][entryIndex] = true;
            ref LayerEntry entry = ref image.Layers[layer].Contents.Entries[entryIndex];
            if (entry.Type == ImageFileType.File && entry.Size > 0)
            {
                nodes.Add(node);
            }
        }

        return new VisibleFiles(entries, nodes);
    }
}
