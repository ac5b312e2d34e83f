using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// A layer of one image beside the layer of the other that it matches: by diff ID first, by likeness of content after.
/// </summary>
public sealed class LayerComparison
{
    private readonly ImageLimits _limits;
    private FileChangeCounts? _counts;

    internal LayerComparison(ImageLimits limits) => _limits = limits;

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

    /// <summary>The same as <see cref="SideIndicator"/>: the name that the table's header has.</summary>
    public string Side => SideIndicator;

    /// <summary>The layer of the reference image; null if none matches.</summary>
    public required ImageLayer? Reference { get; init; }

    /// <summary>The layer of the difference image; null if none matches.</summary>
    public required ImageLayer? Difference { get; init; }

    /// <summary>The place of the reference's layer, from 0; null if none matches.</summary>
    public int? ReferenceIndex => Reference?.Index;

    /// <summary>The same as <see cref="ReferenceIndex"/>: the name that the table's header has.</summary>
    public int? Ref => ReferenceIndex;

    /// <summary>The place of the difference's layer, from 0; null if none matches.</summary>
    public int? DifferenceIndex => Difference?.Index;

    /// <summary>The same as <see cref="DifferenceIndex"/>: the name that the table's header has.</summary>
    public int? Dif => DifferenceIndex;

    /// <summary>Bytes of the files in the reference's layer; null if none matches.</summary>
    public long? ReferenceSize => Reference?.Size;

    /// <summary>The same as <see cref="ReferenceSize"/>: the name that the table's header has.</summary>
    public long? RefSize => ReferenceSize;

    /// <summary>Bytes of the files in the difference's layer; null if none matches.</summary>
    public long? DifferenceSize => Difference?.Size;

    /// <summary>The same as <see cref="DifferenceSize"/>: the name that the table's header has.</summary>
    public long? DifSize => DifferenceSize;

    /// <summary>Bytes by which the layer grew; negative if it shrank.</summary>
    public long SizeDifference => (DifferenceSize ?? 0) - (ReferenceSize ?? 0);

    /// <summary>The same as <see cref="SizeDifference"/>: the name that the table's header has.</summary>
    public long Change => SizeDifference;

    /// <summary>
    /// How alike the layers' contents are, from 0 to 1: the share of their files, weighed by size, that are the same in
    /// both; a file that only has the same path counts half. 1 for the same layer, 0 where none matches.
    /// </summary>
    public required double Similarity { get; init; }

    /// <summary>The same as <see cref="Similarity"/>: the name that the table's header has.</summary>
    public double Alike => Similarity;

    /// <summary>The command that made the layer, as the history of the difference image tells, or else of the reference.</summary>
    public string? CreatedBy => Difference?.CreatedBy ?? Reference?.CreatedBy;

    /// <summary>Paths that only the difference's layer has, directories not counted.</summary>
    public int FilesAdded => Counts.Added;

    /// <summary>Paths that only the reference's layer has, directories not counted.</summary>
    public int FilesRemoved => Counts.Removed;

    /// <summary>Paths that both have and that differ, directories not counted.</summary>
    public int FilesChanged => Counts.Changed;

    private FileChangeCounts Counts
    {
        get
        {
            CountFileChanges(CancellationToken.None);
            return _counts!.Value;
        }
    }

    private bool IsSame => Reference is not null && Reference.DiffId == Difference?.DiffId;

    /// <summary>
    /// What differs between the layers' own entries, a directory before what is in it. Whiteouts are not entries. Found as
    /// it is asked for.
    /// </summary>
    /// <param name="cancellation">Ends the search.</param>
    public IEnumerable<FileChange> GetFileChanges(CancellationToken cancellation = default) => IsSame
        ? []
        : FileComparer.Compare(TreeOf(Reference, cancellation), TreeOf(Difference, cancellation), cancellation);

    /// <summary>
    /// Counts what differs, if nobody has asked yet. Two images may have many layers, and most callers look at the file
    /// systems that they make; so this is not part of their comparison.
    /// </summary>
    /// <param name="cancellation">Ends the work.</param>
    public void CountFileChanges(CancellationToken cancellation) => _counts ??= IsSame
        ? default
        : FileComparer.Count(TreeOf(Reference, cancellation), TreeOf(Difference, cancellation), cancellation);

    private SquashedTree TreeOf(ImageLayer? layer, CancellationToken cancellation)
    {
        var tree = new SquashedTree(new BlobLabel(layer?.DiffId ?? string.Empty), _limits, layer?.Index ?? 0);
        if (layer is not null)
        {
            tree.Apply(layer.Contents, cancellation);
        }

        return tree;
    }
}
