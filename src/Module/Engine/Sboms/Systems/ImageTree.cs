using GoCross.Files;
using GoCross.Formatting;
using GoCross.Images;
using GoCross.Roots;

namespace GoCross.Sboms;

/// <summary>The file system of an image.</summary>
/// <param name="image">The image. It stays open.</param>
internal sealed class ImageTree(OpenImage image) : SystemTree
{
    private const int AnyExecute = 0b001_001_001;

    /// <summary>The smallest Go program there is, stripped and packed, has several times as many bytes.</summary>
    private const long MinProgramLength = 64 * 1024;

    private readonly SquashedTree _tree = image.Image.Files;
    private readonly ImageRoot _root = new(image);

    /// <inheritdoc/>
    internal override IEnumerable<string> Programs(CancellationToken cancellation)
    {
        var found = new List<(int Layer, int Entry, int Node)>();
        for (int node = 0; node < _tree.Paths.Count; node++)
        {
            if (_tree.TryGetEntry(node, out LayerEntry entry, out _, out _)
                && entry is { Type: ImageFileType.File, Size: >= MinProgramLength }
                && ((entry.Mode & AnyExecute) != 0 || _tree.Paths.Name(node).EndsWith(".exe"u8))
                && _tree.TryGetSource(node, out int layer, out int index))
            {
                found.Add((layer, index, node));
            }
        }

        cancellation.ThrowIfCancellationRequested();

        // A file of several names is there once, by the first of them. MZ is followed by what Go's linker writes there.
        return found
            .Order()
            .DistinctBy(place => (place.Layer, place.Entry))
            .Where(place => image.StartsWith(place.Node, "\u007fELF"u8) || image.StartsWith(place.Node, [(byte)'M', (byte)'Z', 0x90, 0]))
            .Select(place => _tree.Paths.PathOf(place.Node));
    }

    /// <inheritdoc/>
    internal override IRandomAccessSource? TryOpen(string path) =>
        _root.RealPath(path) is { } real && _root.IsFile(real) && !IsEmpty(real) ? _root.Open(real) : null;

    /// <inheritdoc/>
    internal override IReadOnlyList<string> List(string folder)
    {
        int parent = _root.RealPath(folder) is { } real ? _tree.Paths.FindPath(ByteText.Encode(real)) : PathTree.None;
        var files = new List<string>();
        for (int node = parent == PathTree.None ? _tree.Paths.Count : 1; node < _tree.Paths.Count; node++)
        {
            if (_tree.Paths.Parent(node) == parent
                && _tree.TryGetEntry(node, out LayerEntry entry, out _, out _) && entry.Type == ImageFileType.File)
            {
                files.Add(_tree.Paths.PathOf(node));
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <inheritdoc/>
    internal override SbomPlace PlaceOf(string path, string? owner = null)
    {
        int node = _tree.Paths.FindPath(ByteText.Encode(_root.RealPath(path) ?? path));
        return _tree.TryGetSource(node, out int layer, out _)
            ? new SbomPlace(path, layer, image.Image.Layers[layer].DiffId, owner)
            : new SbomPlace(path, Owner: owner);
    }

    /// <inheritdoc/>
    internal override IEnumerable<(SbomPlace Place, Func<IRandomAccessSource?> Open)> Versions(string path)
    {
        byte[] bytes = ByteText.Encode(_root.RealPath(path) ?? path);
        foreach (ImageLayer layer in image.Image.Layers)
        {
            if (layer.Contents.Paths.FindPath(bytes) is var node and not PathTree.None)
            {
                yield return (new SbomPlace(path, layer.Index, layer.DiffId), () => image.TryOpenFile(layer.Index, node));
            }
        }
    }

    private bool IsEmpty(string realPath) =>
        _tree.TryGetEntry(_tree.Paths.FindPath(ByteText.Encode(realPath)), out LayerEntry entry, out _, out _) && entry.Size == 0;
}
