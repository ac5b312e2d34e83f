using GoCross.Errors;
using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Builds;

/// <summary>Says what this machine can do with targets: which C compilers and emulators are there. Starts nothing.</summary>
public static class TargetInspector
{
    /// <summary>Looks at a target.</summary>
    /// <param name="toolchain">The toolchain that builds for it.</param>
    /// <param name="target">The target.</param>
    public static TargetSupport Inspect(GoToolchain toolchain, BuildTarget target)
    {
        List<BuildStrategy> strategies = [];
        List<MissingCompiler> missing = [];
        foreach (BuildStrategy strategy in Enum.GetValues<BuildStrategy>())
        {
            // Auto is one of the others, as a package's imports decide.
            if (strategy == BuildStrategy.Auto || BuildMatrix.Refusal(strategy, target, flags: null) is not null)
            {
                continue;
            }

            try
            {
                if (strategy != BuildStrategy.Static)
                {
                    CCompiler.Find(toolchain, target, strategy);
                }

                strategies.Add(strategy);
            }
            catch (GoCrossException e) when (e.Kind == ErrorKind.ToolMissing)
            {
                missing.Add(new MissingCompiler(strategy, e.Message, e.Fix));
            }
        }

        GoVariants? variants = GoVariants.Of(target.Architecture);
        TargetRunner runner = TargetRunner.Find(target.Os, target.Architecture);
        return new TargetSupport
        {
            Target = target.Name,
            Os = target.Os,
            Architecture = target.Architecture,
            Variant = target.Variant,
            FirstClass = target.Platform.FirstClass,
            CgoSupported = target.Platform.CgoSupported,
            VariantVariable = variants?.Variable,
            Variants = variants?.Common.ToArray() ?? [],
            Strategies = strategies.ToArray(),
            MissingCompilers = missing.ToArray(),
            Runs = runner.Runs,
            Emulator = runner.Path,
            RunsReason = runner.Reason,
        };
    }
}
