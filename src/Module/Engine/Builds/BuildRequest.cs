using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>One program to build: of which package, for what, how it is linked, and where it goes.</summary>
/// <param name="Package">The package.</param>
/// <param name="Target">The target.</param>
/// <param name="Strategy">The strategy, never Auto: it decides on cgo and on build tags, which decide on files as the target does.</param>
/// <param name="OutputPath">The full path that the program will have.</param>
/// <param name="StrategyReason">Why Auto became this strategy; null where the user named it.</param>
public sealed record BuildRequest(
    GoPackage Package, BuildTarget Target, BuildStrategy Strategy, string OutputPath, string? StrategyReason = null)
{
    /// <summary>What stands for the answers of pkg-config (<see cref="PkgConfigAnswers"/>); null where none is asked.</summary>
    internal string? PkgConfigStamp { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Package.Name} {Target.Name} {Strategy}";
}
