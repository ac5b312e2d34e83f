using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>One build of a matrix.</summary>
/// <param name="Package">The package.</param>
/// <param name="Target">The target.</param>
/// <param name="Strategy">The strategy, never Auto.</param>
/// <param name="OutputPath">The full path that the program will have.</param>
/// <param name="StrategyReason">Why Auto became this strategy; null where the user named it.</param>
public sealed record PlannedBuild(
    GoPackage Package, BuildTarget Target, BuildStrategy Strategy, string OutputPath, string? StrategyReason = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Package.Name} {Target.Name} {Strategy}";
}
