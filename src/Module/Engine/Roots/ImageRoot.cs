using GoCross.Files;
using GoCross.Formatting;
using GoCross.Images;
using GoCross.Libraries;

namespace GoCross.Roots;

/// <summary>The file system of an image as a root. Nothing is extracted. The image is its owner's to close.</summary>
public sealed class ImageRoot : ILibraryRoot
{
    private readonly OpenImage _image;
    private readonly SquashedTree _tree;
    private readonly TreeLinks _links;

    /// <summary>Sees an image as a root.</summary>
    /// <param name="image">The image.</param>
    public ImageRoot(OpenImage image)
    {
        _image = image;
        _tree = image.Image.Files;
        _links = new TreeLinks(_tree);
    }

    /// <inheritdoc/>
    public string Name => _image.Image.Name;

    /// <summary>Finds files by their paths, and by those that links give them: their own, and their directories'.</summary>
    /// <param name="pattern">What paths are wanted.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>
    /// The paths without links, each file once, in the order in which the layers hold them: in that order they are read
    /// at the least cost.
    /// </returns>
    internal IReadOnlyList<string> Find(PathPattern pattern, CancellationToken cancellation)
    {
        var found = new Dictionary<string, (int Layer, int Entry)>();
        foreach (int node in new PathSearch(_image.Image, cancellation).Visible(pattern))
        {
            int real = _links.FollowLink(node);
            if (real != PathTree.None
                && _tree.TryGetEntry(real, out LayerEntry entry, out _, out _) && entry.Type == ImageFileType.File
                && _tree.TryGetSource(real, out int layer, out int index))
            {
                found[_tree.Paths.PathOf(real)] = (layer, index);
            }
        }

        return [.. found.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
    }

    /// <inheritdoc/>
    public string? RealPath(string path) =>
        _links.Follow(ByteText.Encode(path)) is var node and not PathTree.None ? _tree.Paths.PathOf(node) : null;

    /// <inheritdoc/>
    public IRandomAccessSource Open(string realPath) => _image.OpenFile(NodeOf(realPath));

    /// <inheritdoc/>
    public string OutsideName(string realPath) => _image.NameOf(realPath);

    /// <summary>The permission bits of a file; null for one that is not there.</summary>
    /// <param name="realPath">A path that <see cref="RealPath"/> gave.</param>
    public int? ModeOf(string realPath) =>
        _tree.TryGetEntry(NodeOf(realPath), out LayerEntry entry, out _, out _) ? entry.Mode : null;

    /// <summary>Whether a path is a regular file.</summary>
    /// <param name="realPath">A path that <see cref="RealPath"/> gave.</param>
    internal bool IsFile(string realPath) =>
        _tree.TryGetEntry(NodeOf(realPath), out LayerEntry entry, out _, out _) && entry.Type == ImageFileType.File;

    /// <summary>Whether a path is a regular file that begins with four bytes.</summary>
    /// <param name="realPath">A path that <see cref="RealPath"/> gave.</param>
    /// <param name="magic">The bytes.</param>
    /// <exception cref="Errors.GoCrossException">What reading a file of the image throws.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    internal bool StartsWith(string realPath, ReadOnlySpan<byte> magic) => _image.StartsWith(NodeOf(realPath), magic);

    private int NodeOf(string path) => _tree.Paths.FindPath(ByteText.Encode(path));
}
