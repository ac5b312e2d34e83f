using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// Targets times strategies, sorted before anything starts: what can be built, what was asked for by name and cannot, and
/// what a pattern matches and cannot.
/// </summary>
public sealed class BuildMatrix
{
    private BuildMatrix(
        IReadOnlyList<(BuildTarget Target, BuildStrategy Strategy)> cells,
        IReadOnlyList<GoCrossException> refused,
        IReadOnlyList<GoCrossException> leftOut)
    {
        Cells = cells;
        Refused = refused;
        LeftOut = leftOut;
    }

    /// <summary>What can be built, the cells of a strategy side by side.</summary>
    public IReadOnlyList<(BuildTarget Target, BuildStrategy Strategy)> Cells { get; }

    /// <summary>Why each cell that was named cannot be: StrategyNeedsLinux, TargetWithoutCgo, CCompilerUnknown,
    /// TargetNeedsCLinker, RaceNeedsCgo, PieNeedsLoader.</summary>
    public IReadOnlyList<GoCrossException> Refused { get; }

    /// <summary>Why each cell that only a pattern matches cannot be.</summary>
    public IReadOnlyList<GoCrossException> LeftOut { get; }

    /// <summary>Sorts a matrix.</summary>
    /// <param name="targets">The targets as the user wrote them; none for the toolchain's own machine.</param>
    /// <param name="strategies">The strategies.</param>
    /// <param name="toolchain">Knows which pairs there are.</param>
    /// <param name="options">Whether the race detector or position-independent code is wanted.</param>
    /// <exception cref="GoCrossException">What <see cref="BuildTargets.Parse"/> throws; FlagsUnclosed; DefineInvalid; FlagsBuildNothing.</exception>
    public static BuildMatrix Create(
        IReadOnlyList<string> targets, IReadOnlyList<BuildStrategy> strategies, GoToolchain toolchain, BuildOptions options)
    {
        IReadOnlyList<BuildTarget> all = targets.Count == 0 ? [toolchain.HostTarget] : BuildTargets.Parse(targets, toolchain.Targets);
        HashSet<BuildTarget> named = [.. BuildTargets.Parse(targets.Where(text => !BuildTargets.IsPattern(text)), toolchain.Targets)];
        var flags = new GoFlags(options, toolchain.Flags);
        List<(BuildTarget, BuildStrategy)> cells = [];
        List<GoCrossException> refused = [];
        List<GoCrossException> leftOut = [];
        foreach (BuildStrategy strategy in strategies.Distinct())
        {
            foreach (BuildTarget target in all)
            {
                if (Refusal(strategy, target, flags) is not { } refusal)
                {
                    cells.Add((target, strategy));
                }
                else if (targets.Count == 0 || named.Contains(target))
                {
                    refused.Add(refusal);
                }
                else
                {
                    leftOut.Add(refusal);
                }
            }
        }

        return new BuildMatrix(cells, refused, leftOut);
    }

    /// <summary>Why a target cannot be built with a strategy, whatever the package; null where it can.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="target">The target.</param>
    /// <param name="flags">Whether the race detector or position-independent code is wanted; null for neither.</param>
    internal static GoCrossException? Refusal(BuildStrategy strategy, BuildTarget target, GoFlags? flags)
    {
        bool usesC = strategy is not (BuildStrategy.Static or BuildStrategy.Auto);
        string? error =
            usesC && target.Os != "linux" ? nameof(Messages.StrategyNeedsLinux)
            : usesC && !target.Platform.CgoSupported ? nameof(Messages.TargetWithoutCgo)
            : !usesC && NeedsCLinker(target) ? nameof(Messages.TargetNeedsCLinker)
            : flags?.IsRace == true && target.Os == "linux" && strategy == BuildStrategy.Static ? nameof(Messages.RaceNeedsCgo)
            : flags?.IsPie == true && target.Os == "linux" && strategy is (BuildStrategy.Static or BuildStrategy.Musl) ? nameof(Messages.PieNeedsLoader)
            : null;
        if (error is not null)
        {
            return GoCrossException.Create(ErrorKind.InvalidArgument, error, strategy, target.Name);
        }

        return usesC && CrossPlatform.Of(target) is null
            ? GoCrossException.Create(ErrorKind.Unsupported, nameof(Messages.CCompilerUnknown), target.Name)
            : null;
    }

    /// <summary>
    /// Whether Go's own linker cannot make programs for a target (internal/platform, MustLinkExternal; and for iOS, whose
    /// programs are position-independent, InternalLinkPIESupported).
    /// </summary>
    internal static bool NeedsCLinker(BuildTarget target) => target switch
    {
        { Os: "android" } => target.Architecture != "arm64",
        { Os: "ios" } => true,
        _ => false,
    };
}
