namespace GoCross.Images;

/// <summary>The numbers of dive.</summary>
/// <param name="Efficiency">The score.</param>
/// <param name="WastedBytes">The wasted space.</param>
/// <param name="UserBytes">The bytes of all layers but the lowest.</param>
/// <param name="Inefficient">The paths that several layers mention, the most bytes first.</param>
internal sealed record DiveResult(
    double Efficiency, long WastedBytes, long UserBytes, IReadOnlyList<DiveResult.Mentions> Inefficient)
{
    internal IEnumerable<DivePath> Paths(PathTree paths) =>
        Inefficient.Select(path => new DivePath(paths.PathOf(path.Node), path.Bytes, path.Count));

    /// <summary>A path that several layers mention.</summary>
    internal readonly record struct Mentions(int Node, long Bytes, int Count);
}

/// <summary>A path that dive lists as inefficient: two layers or more mention it.</summary>
/// <param name="Path">The path in the image, from its root.</param>
/// <param name="Bytes">Bytes that dive calls wasted: of all mentions together, the one that remains included.</param>
/// <param name="Count">How many layers mention it, whiteouts included.</param>
public sealed record DivePath(string Path, long Bytes, int Count)
{
    /// <summary>The same as <see cref="Count"/>: the name that the table's header has.</summary>
    public int Layers => Count;
}
