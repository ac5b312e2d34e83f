using GoCross.Oci;

namespace GoCross.Images;

/// <summary>An image as a whole: what it is, how it runs, how large it is, and what of that is of no use.</summary>
public sealed class ImageReport
{
    /// <summary>How many paths and contents the report itself holds; the rest comes when it is asked for.</summary>
    private const int Listed = 100;

    private readonly ContainerImage _image;
    private readonly ImageMeasures _measures;

    private ImageReport(ContainerImage image, ImageMeasures measures)
    {
        _image = image;
        _measures = measures;
        WastedPaths = measures.GetWastedPaths().Take(Listed).ToArray();
        Duplicates = measures.GetDuplicates().Take(Listed).ToArray();
        DivePaths = measures.GetDivePaths().Take(Listed).ToArray();
    }

    /// <summary>What the user called it.</summary>
    public string Name => _image.Name;

    /// <summary>
    /// What names it from anywhere: the full path of its archive or directory, or its name behind the prefix of where it is.
    /// </summary>
    public string Path => _image.Location.FullName;

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string FullName => Path;

    /// <summary>The names with tags that it has where it is.</summary>
    public IReadOnlyList<string> Tags => _image.Tags;

    /// <summary>What it runs on: linux/amd64.</summary>
    public string Platform => _image.Platform.ToString();

    /// <summary>The digest of its configuration, Docker's image ID; null before Docker 1.10.</summary>
    public string? Id => _image.ConfigDigest;

    /// <summary>The digest of its manifest; null where it has none, as in archives of Docker before 25.</summary>
    public string? ManifestDigest => _image.ManifestDigest;

    /// <summary>When it was made; null where it does not say.</summary>
    public DateTimeOffset? Created => _image.Configuration.Created;

    /// <summary>How it runs.</summary>
    public ImageConfiguration Configuration => _image.Configuration;

    /// <summary>Bytes of the files in its layers, as <c>docker image ls</c> has it.</summary>
    public long Size => _image.Size;

    /// <summary>Bytes of its layers as they are stored, compressed or not.</summary>
    public long StoredSize => _image.StoredSize;

    /// <summary>The same as <see cref="StoredSize"/>: the name that the table's header has.</summary>
    public long Stored => StoredSize;

    /// <summary>How many layers it has.</summary>
    public int LayerCount => _image.Layers.Count;

    /// <summary>Its layers, from the lowest.</summary>
    public IReadOnlyList<ImageLayer> Layers => _image.Layers;

    /// <summary>The share of the bytes that its file system has in those that its layers store, from 0 to 1.</summary>
    public double Efficiency => _measures.Efficiency;

    /// <summary>Bytes that nobody sees: a rebuild of its last state in one go would save just these.</summary>
    public long ReclaimableBytes => _measures.ReclaimableBytes;

    /// <summary>The same as <see cref="ReclaimableBytes"/>: the name that the table's header has.</summary>
    public long Reclaimable => ReclaimableBytes;

    /// <summary>Bytes that would be saved if files of equal content shared it.</summary>
    public long DuplicateBytes => _measures.DuplicateBytes;

    /// <summary>dive's image efficiency score, from 0 to 1.</summary>
    public double DiveEfficiency => _measures.DiveEfficiency;

    /// <summary>dive's wasted space in bytes.</summary>
    public long DiveWastedBytes => _measures.DiveWastedBytes;

    /// <summary>dive's user bytes: of all layers but the lowest.</summary>
    public long DiveUserBytes => _measures.DiveUserBytes;

    /// <summary>dive's userWastedPercent, which is a ratio. It can exceed 1; null with no user bytes, where dive divides by 0.</summary>
    public double? DiveUserWastedPercent =>
        double.IsFinite(_measures.DiveUserWastedPercent) ? _measures.DiveUserWastedPercent : null;

    /// <summary>How many paths <see cref="ReclaimableBytes"/> come from.</summary>
    public int WastedPathCount => _measures.WastedPathCount;

    /// <summary>The 100 paths that most of <see cref="ReclaimableBytes"/> come from.</summary>
    public IReadOnlyList<WastedPath> WastedPaths { get; }

    /// <summary>The 100 contents that most of <see cref="DuplicateBytes"/> come from.</summary>
    public IReadOnlyList<DuplicateContent> Duplicates { get; }

    /// <summary>The 100 paths that most of <see cref="DiveWastedBytes"/> come from.</summary>
    public IReadOnlyList<DivePath> DivePaths { get; }

    /// <summary>What the reader should know: layers that are not in the archive, for example.</summary>
    public IReadOnlyList<string> Warnings => _image.Warnings;

    /// <summary>Measures an image that was read, and reports.</summary>
    /// <param name="image">The image.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static ImageReport Of(ContainerImage image, CancellationToken cancellation) => new(image, image.Measure(cancellation));

    /// <summary>All paths that <see cref="ReclaimableBytes"/> come from, the most bytes first.</summary>
    public IEnumerable<WastedPath> GetWastedPaths() => _measures.GetWastedPaths();

    /// <summary>All contents that <see cref="DuplicateBytes"/> come from, the most bytes first.</summary>
    public IEnumerable<DuplicateContent> GetDuplicates() => _measures.GetDuplicates();

    /// <summary>All paths that <see cref="DiveWastedBytes"/> come from, the most bytes first.</summary>
    public IEnumerable<DivePath> GetDivePaths() => _measures.GetDivePaths();

    /// <summary>The files of its file system, a directory before what is in it.</summary>
    public IEnumerable<ImageFile> GetFiles() => _image.GetFiles();
}
