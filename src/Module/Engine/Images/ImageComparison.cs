namespace GoCross.Images;

/// <summary>What differs between two images: sizes, configuration, layers, files.</summary>
public sealed class ImageComparison
{
    private readonly FileChangeCounts _counts;

    internal ImageComparison(ContainerImage reference, ContainerImage difference, FileChangeCounts counts)
    {
        ReferenceImage = reference;
        DifferenceImage = difference;
        _counts = counts;
    }

    /// <summary>What the user called the image to compare with.</summary>
    public string Reference => ReferenceImage.Name;

    /// <summary>What the user called the image that is compared.</summary>
    public string Difference => DifferenceImage.Name;

    /// <summary>What the reference image runs on: linux/amd64.</summary>
    public string ReferencePlatform => ReferenceImage.Platform.ToString();

    /// <summary>What the difference image runs on: linux/amd64.</summary>
    public string DifferencePlatform => DifferenceImage.Platform.ToString();

    /// <summary>The reference image's ID, the digest of its configuration; null before Docker 1.10.</summary>
    public string? ReferenceId => ReferenceImage.ConfigDigest;

    /// <summary>The difference image's ID, the digest of its configuration; null before Docker 1.10.</summary>
    public string? DifferenceId => DifferenceImage.ConfigDigest;

    /// <summary>Bytes of the files in the reference image's layers, as <c>docker image ls</c> has it.</summary>
    public long ReferenceSize => ReferenceImage.Size;

    /// <summary>The same as <see cref="ReferenceSize"/>: the name that the table's header has.</summary>
    public long RefSize => ReferenceSize;

    /// <summary>Bytes of the files in the difference image's layers, as <c>docker image ls</c> has it.</summary>
    public long DifferenceSize => DifferenceImage.Size;

    /// <summary>The same as <see cref="DifferenceSize"/>: the name that the table's header has.</summary>
    public long Size => DifferenceSize;

    /// <summary>Bytes by which the difference image is larger; negative for a reduction.</summary>
    public long SizeDifference => DifferenceSize - ReferenceSize;

    /// <summary>The same as <see cref="SizeDifference"/>: the name that the table's header has.</summary>
    public long Change => SizeDifference;

    /// <summary>
    /// By how many per cent of the reference image the difference image is larger; negative for a reduction. Null where
    /// the reference image is empty.
    /// </summary>
    public double? SizeDifferencePercent => ReferenceSize == 0 ? null : 100.0 * SizeDifference / ReferenceSize;

    /// <summary>The same as <see cref="SizeDifferencePercent"/>: the name that the table's header has.</summary>
    public double? Percent => SizeDifferencePercent;

    /// <summary>Bytes of the reference image's layers as they are stored, compressed or not.</summary>
    public long ReferenceStoredSize => ReferenceImage.StoredSize;

    /// <summary>Bytes of the difference image's layers as they are stored, compressed or not.</summary>
    public long DifferenceStoredSize => DifferenceImage.StoredSize;

    /// <summary>Paths that only the difference image has, directories not counted.</summary>
    public int FilesAdded => _counts.Added;

    /// <summary>Paths that only the reference image has, directories not counted.</summary>
    public int FilesRemoved => _counts.Removed;

    /// <summary>Paths that both have and that differ, directories not counted.</summary>
    public int FilesChanged => _counts.Changed;

    /// <summary>The settings that differ.</summary>
    public required IReadOnlyList<ConfigurationChange> Configuration { get; init; }

    /// <summary>The layers beside each other, in the order of the difference image.</summary>
    public required IReadOnlyList<LayerComparison> Layers { get; init; }

    private ContainerImage ReferenceImage { get; }

    private ContainerImage DifferenceImage { get; }

    /// <summary>What the reader of the difference image should know: layers that are not in the archive, for example.</summary>
    public IReadOnlyList<string> Warnings => DifferenceImage.Warnings;

    /// <summary>
    /// What differs between the file systems that the images' layers make, a directory before what is in it. Found as it
    /// is asked for.
    /// </summary>
    /// <param name="cancellation">Ends the search.</param>
    public IEnumerable<FileChange> GetFileChanges(CancellationToken cancellation = default) =>
        FileComparer.Compare(ReferenceImage.Files, DifferenceImage.Files, cancellation);
}
