using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>An image that was read: its configuration, its layers, the file system that they make.</summary>
public sealed class ContainerImage
{
    private readonly IReadOnlyList<ImageLayer> _layers = [];
    private ImageMeasures? _measures;

    internal ContainerImage(SquashedTree files) => Files = files;

    /// <summary>What the user called it.</summary>
    public string Name => Location.Text;

    /// <summary>Where it is.</summary>
    public required ImageLocation Location { get; init; }

    /// <summary>The names with tags that it has where it is, as <c>docker image ls</c> shows them.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The digest of its manifest; null where it has none, as in archives of Docker before 25.</summary>
    public required string? ManifestDigest { get; init; }

    /// <summary>The digest of its configuration, Docker's image ID; null before Docker 1.10.</summary>
    public required string? ConfigDigest { get; init; }

    /// <summary>What it runs on.</summary>
    public required ImagePlatform Platform { get; init; }

    /// <summary>Whether it is for Windows, whose paths, users and programs are others than Linux's.</summary>
    internal bool IsWindows => string.Equals(Platform.Os, "windows", StringComparison.OrdinalIgnoreCase);

    /// <summary>How it runs.</summary>
    public required ImageConfiguration Configuration { get; init; }

    /// <summary>Its layers from the lowest.</summary>
    public required IReadOnlyList<ImageLayer> Layers
    {
        get => _layers;
        init
        {
            _layers = value;
            foreach (ImageLayer layer in value)
            {
                layer.Owner = this;
            }
        }
    }

    /// <summary>The sum of its layers' file sizes in bytes, as <c>docker image ls</c> has it.</summary>
    public long Size => Layers.Sum(layer => layer.Size);

    /// <summary>Bytes of its blobs as they are stored.</summary>
    public long StoredSize => Layers.Sum(layer => layer.StoredSize);

    /// <summary>What the reader should know: layers that are not in the archive, for example.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The file system that the layers make.</summary>
    internal SquashedTree Files { get; }

    /// <summary>A layer by its place.</summary>
    /// <param name="place">From 0 for the lowest, or from -1 for the highest downwards.</param>
    /// <exception cref="GoCrossException">LayerNotFound.</exception>
    public ImageLayer LayerAt(int place)
    {
        int index = place < 0 ? Layers.Count + place : place;
        return index >= 0 && index < Layers.Count
            ? Layers[index]
            : throw GoCrossException.Create(
                ErrorKind.NotFound, nameof(Messages.LayerNotFound), Name, place, Layers.Count);
    }

    /// <summary>The files of its file system, directories included: a directory before what is in it. Made as they are asked for.</summary>
    /// <param name="cancellation">Ends the listing.</param>
    public IEnumerable<ImageFile> GetFiles(CancellationToken cancellation = default) =>
        new FileLister(this, cancellation).Files();

    /// <summary>The entries of some layers and what these remove, layer by layer from the lowest. Made as they are asked for.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public IEnumerable<ImageFile> GetFiles(IEnumerable<ImageLayer> layers, CancellationToken cancellation = default) =>
        new FileLister(this, cancellation).FilesOf(layers.Select(layer => layer.Index).ToHashSet());

    /// <summary>Its file system as a tree, with the bytes in each directory. Made as it is asked for.</summary>
    /// <param name="depth">How deep it is drawn, 0 for what is in the root and no deeper.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public IEnumerable<ImageTreeItem> GetTree(int depth = int.MaxValue, CancellationToken cancellation = default) =>
        new FileLister(this, cancellation).Tree(depth);

    /// <summary>The trees of some layers, with the bytes that they store in each directory, from the lowest. Made as they are asked for.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="depth">How deep they are drawn, 0 for what is in the root and no deeper.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public IEnumerable<ImageTreeItem> GetTrees(
        IEnumerable<ImageLayer> layers, int depth = int.MaxValue, CancellationToken cancellation = default) =>
        new FileLister(this, cancellation).TreesOf(layers.Select(layer => layer.Index).ToHashSet(), depth);

    /// <summary>Measures how much of it is of use: once, when somebody asks.</summary>
    /// <param name="cancellation">Ends the work.</param>
    public ImageMeasures Measure(CancellationToken cancellation = default) =>
        _measures ??= ImageMeasures.Of(this, cancellation);
}
