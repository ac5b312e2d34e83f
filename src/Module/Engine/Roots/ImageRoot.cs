using System.Text;
using GoCross.Files;
using GoCross.Images;
using GoCross.Images.Layers;
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

    /// <summary>The paths of its files and links, in no order.</summary>
    public IEnumerable<string> Files
    {
        get
        {
            for (int node = 0; node < _tree.Paths.Count; node++)
            {
                if (_tree.TryGetEntry(node, out LayerEntry entry, out _, out _)
                    && entry.Type is ImageFileType.File or ImageFileType.SymbolicLink)
                {
                    yield return _tree.Paths.PathOf(node);
                }
            }
        }
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
