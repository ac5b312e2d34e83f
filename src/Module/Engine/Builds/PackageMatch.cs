using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>A package that is to be built for a target with a strategy: build constraints let it have files there.</summary>
/// <param name="Package">The package.</param>
/// <param name="Target">The target.</param>
/// <param name="Strategy">The strategy, never Auto: it decides on cgo and on build tags, which decide on files as the target does.</param>
/// <param name="StrategyReason">Why Auto became this strategy; null where the user named it.</param>
public sealed record PackageMatch(
    GoPackage Package, BuildTarget Target, BuildStrategy Strategy, string? StrategyReason = null);
