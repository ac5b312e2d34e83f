using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>A cell of the matrix: what a package is built for, and how it is linked.</summary>
/// <param name="Target">The target.</param>
/// <param name="Strategy">The strategy; Auto until a package's imports have decided.</param>
public sealed record BuildSetting(BuildTarget Target, BuildStrategy Strategy)
{
    /// <summary>Whether the C library goes into the program, or none is used.</summary>
    internal static bool IsStaticLink(BuildStrategy strategy) => strategy is BuildStrategy.Musl or BuildStrategy.GlibcStatic;
}
