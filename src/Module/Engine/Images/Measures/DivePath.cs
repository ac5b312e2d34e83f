namespace GoCross.Images;

/// <summary>A path that dive lists as inefficient: two layers or more mention it.</summary>
/// <param name="Path">The path in the image, from its root.</param>
/// <param name="Bytes">Bytes that dive calls wasted: of all mentions together, the one that remains included.</param>
/// <param name="Count">How many layers mention it, whiteouts included.</param>
public sealed record DivePath(string Path, long Bytes, int Count)
{
    /// <summary>The same as <see cref="Count"/>: the name that the table's header has.</summary>
    public int Layers => Count;
}
