namespace GoCross.Images;

/// <summary>
/// How much of an image is of use. There are two families: <see cref="Efficiency"/> and <see cref="ReclaimableBytes"/>
/// are what a rebuild would save, to the byte; those that begin with Dive are the numbers of wagoodman's dive, with its
/// quirks, so that limits that were set for it keep their meaning.
/// </summary>
/// <remarks>Sizes are those of the files, as <c>docker history</c> has them: unpacked, without tar's headers.</remarks>
public sealed class ImageMeasures
{
    private readonly PathTree _paths;
    private readonly DiveResult _dive;
    private readonly WasteResult _waste;
    private readonly DuplicateResult _duplicates;

    internal ImageMeasures(PathTree paths, DiveResult dive, WasteResult waste, DuplicateResult duplicates)
    {
        _paths = paths;
        _dive = dive;
        _waste = waste;
        _duplicates = duplicates;
    }

    /// <summary>Bytes of the files in all layers.</summary>
    public long Size => VisibleBytes + ReclaimableBytes;

    /// <summary>
    /// Bytes of the files that the image's file system has in the end. A file that hard links share counts once, and
    /// counts as long as one of them is left.
    /// </summary>
    public long VisibleBytes => Layers.Sum(layer => layer.VisibleBytes);

    /// <summary>
    /// Bytes of the files that nobody sees: layers above remove or replace them, by a file, a whiteout or an opaque
    /// directory. An image whose last state were built in one go would be smaller by exactly these. Files that have
    /// their content in common count in <see cref="DuplicateBytes"/> and not here: no rebuild shares them by itself.
    /// </summary>
    public long ReclaimableBytes => Layers.Sum(layer => layer.WastedBytes);

    /// <summary>The share of <see cref="VisibleBytes"/> in <see cref="Size"/>, from 0 to 1; 1 for an image of no bytes.</summary>
    public double Efficiency => Size == 0 ? 1 : (double)VisibleBytes / Size;

    /// <summary>Bytes that would be saved if files of equal content shared it, whatever their paths.</summary>
    public long DuplicateBytes => _duplicates.Bytes;

    /// <summary>
    /// dive's image efficiency score, from 0 to 1: of each path that is a leaf in its layer, the smallest size that any
    /// layer has for it, added up, over all sizes added up. A removed file has the size 0 and a removed directory that
    /// of all it held, which raises the score; 1 where nothing has a size.
    /// </summary>
    public double DiveEfficiency => _dive.Efficiency;

    /// <summary>dive's wasted space in bytes: the sizes of all paths that several layers mention, each mention counted.</summary>
    public long DiveWastedBytes => _dive.WastedBytes;

    /// <summary>dive's user bytes: of all layers but the lowest.</summary>
    public long DiveUserBytes => _dive.UserBytes;

    /// <summary>
    /// dive's userWastedPercent, which is a ratio: <see cref="DiveWastedBytes"/> over <see cref="DiveUserBytes"/>. It
    /// can exceed 1; with no user bytes it is not a number, or infinite.
    /// </summary>
    public double DiveUserWastedPercent => (double)_dive.WastedBytes / _dive.UserBytes;

    /// <summary>The layers, from the lowest.</summary>
    public IReadOnlyList<LayerMeasures> Layers => _waste.Layers;

    /// <summary>How many paths <see cref="GetWastedPaths"/> tells.</summary>
    public int WastedPathCount => _waste.PathCount;

    /// <summary>The paths that <see cref="ReclaimableBytes"/> come from, the most bytes first. Made as they are asked for.</summary>
    public IEnumerable<WastedPath> GetWastedPaths() => _waste.Paths(_paths);

    /// <summary>The contents that <see cref="DuplicateBytes"/> come from, the most bytes first. Made as they are asked for.</summary>
    public IEnumerable<DuplicateContent> GetDuplicates() => _duplicates.Contents(_paths);

    /// <summary>The paths that <see cref="DiveWastedBytes"/> come from, the most bytes first. Made as they are asked for.</summary>
    public IEnumerable<DivePath> GetDivePaths() => _dive.Paths(_paths);

    /// <summary>Measures an image that was read.</summary>
    internal static ImageMeasures Of(ContainerImage image, CancellationToken cancellation)
    {
        // One after the other, so that their scratch memory is there one after the other.
        DiveResult dive = new DiveMeasurer(image, cancellation).Measure();
        VisibleFiles visible = VisibleFiles.Of(image, cancellation);
        WasteResult waste = WasteResult.Of(image, visible, cancellation);
        return new ImageMeasures(image.Files.Paths, dive, waste, DuplicateResult.Of(image, visible, cancellation));
    }
}

/// <summary>What one layer gives to the image.</summary>
public sealed record LayerMeasures
{
    /// <summary>The layer's place, from 0 for the lowest.</summary>
    public required int Index { get; init; }

    /// <summary>Files that it adds: paths that have none below. What is not a directory is a file here.</summary>
    public required int FilesAdded { get; init; }

    /// <summary>Files that it writes again, be it with the same content.</summary>
    public required int FilesChanged { get; init; }

    /// <summary>Files of the layers below that are gone with it.</summary>
    public required int FilesRemoved { get; init; }

    /// <summary>Bytes of its files that are in the image's file system in the end.</summary>
    public required long VisibleBytes { get; init; }

    /// <summary>Bytes of its files that nobody sees, because layers above remove or replace them.</summary>
    public required long WastedBytes { get; init; }
}
