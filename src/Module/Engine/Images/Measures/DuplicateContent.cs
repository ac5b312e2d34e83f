namespace GoCross.Images;

/// <summary>A content that several files of the image have. Hard links of one file are one.</summary>
public sealed record DuplicateContent
{
    /// <summary>The paths of the files, one for each, in their order.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Bytes of the content.</summary>
    public required long Size { get; init; }

    /// <summary>How many files have it.</summary>
    public int Count => Paths.Count;

    /// <summary>The same as <see cref="Count"/>: the name that the table's header has.</summary>
    public int Files => Count;

    /// <summary>Bytes that would be saved if they shared it, by hard links or symbolic links.</summary>
    public long Bytes => Size * (Count - 1);

    /// <summary>The same as <see cref="Bytes"/>: the name that the table's header has.</summary>
    public long Saved => Bytes;
}
