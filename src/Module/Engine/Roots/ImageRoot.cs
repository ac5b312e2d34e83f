using System.Text;
using GoCross.Files;
using GoCross.Images;
using GoCross.Libraries;

namespace GoCross.Roots;

/// <summary>The file system of an image as a root. Nothing is extracted. The image is its owner's to close.</summary>
public sealed class ImageRoot : ILibraryRoot
{
    private readonly OpenImage _image;
    private readonly SquashedTree _tree;
    private readonly LinkWalk _links;

    /// <summary>Sees an image as a root.</summary>
    /// <param name="image">The image.</param>
    public ImageRoot(OpenImage image)
    {
        _image = image;
        _tree = image.Image.Files;
        _links = new LinkWalk(Look);
    }

    /// <inheritdoc/>
    public string Name => _image.Image.Name;

    /// <summary>Finds files by their names or by those of links to them.</summary>
    /// <param name="isMatch">Whether a path is wanted.</param>
    /// <returns>
    /// The paths without links, each file once, in the order in which the layers hold them: in that order they are read
    /// at the least cost.
    /// </returns>
    internal IReadOnlyList<string> Find(Func<string, bool> isMatch)
    {
        var found = new Dictionary<string, (int Layer, int Entry)>();
        for (int node = 0; node < _tree.Paths.Count; node++)
        {
            if (_tree.TryGetEntry(node, out LayerEntry entry, out _, out _)
                && entry.Type is ImageFileType.File or ImageFileType.SymbolicLink
                && _tree.Paths.PathOf(node) is var path && isMatch(path)
                && RealPath(path) is { } real && IsFile(real)
                && _tree.TryGetSource(NodeOf(real), out int layer, out int index))
            {
                found[real] = (layer, index);
            }
        }

        return [.. found.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
    }

    /// <inheritdoc/>
    public string? RealPath(string path) => _links.RealPath(path);

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

    private int NodeOf(string path) => _tree.Paths.FindPath(Encoding.UTF8.GetBytes(path));

    private (bool Exists, string? Target) Look(string path)
    {
        int node = NodeOf(path);
        return !_tree.IsPresent(node) ? (false, null)
            : _tree.TryGetEntry(node, out LayerEntry entry, out EntryExtra? extra, out _) && entry.Type == ImageFileType.SymbolicLink
                ? (true, Encoding.UTF8.GetString(extra?.LinkTarget ?? []))
                : (true, null);
    }
}
