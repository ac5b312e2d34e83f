
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
