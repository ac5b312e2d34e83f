namespace GoCross.Images;

/// <summary>How many paths differ, and how.</summary>
/// <param name="Added">Only the difference has them.</param>
/// <param name="Removed">Only the reference has them.</param>
/// <param name="Changed">Both have them, and they differ.</param>
internal readonly record struct FileChangeCounts(int Added, int Removed, int Changed)
{
    /// <summary>One more.</summary>
    internal FileChangeCounts With(FileChangeKind change) => change switch
    {
        FileChangeKind.Added => this with { Added = Added + 1 },
        FileChangeKind.Removed => this with { Removed = Removed + 1 },
        _ => this with { Changed = Changed + 1 },
    };
}
