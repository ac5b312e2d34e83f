using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>A strategy that this machine cannot link a target with, for lack of a C compiler.</summary>
/// <param name="Strategy">The strategy.</param>
/// <param name="Reason">What was looked for.</param>
/// <param name="Fix">What to install.</param>
public sealed record MissingCompiler(BuildStrategy Strategy, string Reason, string Fix)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Strategy}: {Fix}";
}
