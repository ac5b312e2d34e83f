namespace GoCross.Images;

/// <summary>
/// A layer of one image beside the layer of the other that it matches: by diff ID first, by likeness of content after.
/// </summary>
public sealed class LayerComparison
{
    private readonly Lazy<IReadOnlyList<FileChange>> _files;

    // Compared when someone asks: two images may have many layers, and most callers look at the file systems they make.
    internal LayerComparison(Func<IReadOnlyList<FileChange>> compareFiles) => _files = new(compareFiles);

    /// <summary>
    /// As Compare-Object has it: == the same layer in both, &lt;= only in the reference, =&gt; only in the difference;
    /// and &lt;&gt; for two layers that are alike and not the same.
    /// </summary>
    public string SideIndicator => (Reference, Difference) switch
    {
        (not null, null) => "<=",
        (null, not null) => "=>",
        _ => Reference!.DiffId == Difference!.DiffId ? "==" : "<>",
    };

    /// <summary>The layer of the reference image; null if none matches.</summary>
    public required ImageLayer? Reference { get; init; }

    /// <summary>The layer of the difference image; null if none matches.</summary>
    public required ImageLayer? Difference { get; init; }

    /// <summary>The place of the reference's layer, from 0; null if none matches.</summary>
    public int? ReferenceIndex => Reference?.Index;

    /// <summary>The place of the difference's layer, from 0; null if none matches.</summary>
    public int? DifferenceIndex => Difference?.Index;

    /// <summary>Bytes of the files in the reference's layer; null if none matches.</summary>
    public long? ReferenceSize => Reference?.Size;

    /// <summary>Bytes of the files in the difference's layer; null if none matches.</summary>
    public long? DifferenceSize => Difference?.Size;

    /// <summary>Bytes by which the layer grew; negative if it shrank.</summary>
    public long SizeDifference => (DifferenceSize ?? 0) - (ReferenceSize ?? 0);

    /// <summary>
    /// How alike the layers' contents are, from 0 to 1: the share of their files, weighed by size, that are the same in
    /// both; a file that only has the same path counts half. 1 for the same layer, 0 where none matches.
    /// </summary>
    public required double Similarity { get; init; }

    /// <summary>The command that made the layer, as the history of the difference image tells, or else of the reference.</summary>
    public string? CreatedBy => Difference?.CreatedBy ?? Reference?.CreatedBy;

    /// <summary>Paths that only the difference's layer has, directories not counted.</summary>
    public int FilesAdded => CountOf(change => change == FileChangeKind.Added);

    /// <summary>Paths that only the reference's layer has, directories not counted.</summary>
    public int FilesRemoved => CountOf(change => change == FileChangeKind.Removed);

    /// <summary>Paths that both have and that differ, directories not counted.</summary>
    public int FilesChanged => CountOf(change => change is not (FileChangeKind.Added or FileChangeKind.Removed));

    /// <summary>What differs between the layers' own entries, in the order of the paths. Whiteouts are no entries.</summary>
    public IReadOnlyList<FileChange> GetFileChanges() => _files.Value;

    private int CountOf(Func<FileChangeKind, bool> isCounted) =>
        GetFileChanges().Count(file => file.Type != ImageFileType.Directory && isCounted(file.Change));
}
