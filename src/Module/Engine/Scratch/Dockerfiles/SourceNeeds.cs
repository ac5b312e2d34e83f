using GoCross.Builds;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Targets;

namespace GoCross.Scratch;

/// <summary>What a program that is built elsewhere will need: read from a build on this machine, or assumed.</summary>
/// <param name="Program">The program, or what is taken for it.</param>
/// <param name="IsProbed">Whether there was a file to read.</param>
/// <param name="Strategy">How it is linked, never Auto.</param>
/// <param name="StrategyReason">Why Auto became that; null where it was named.</param>
/// <param name="Warnings">What the user should know.</param>
/// <param name="Notes">The same for who reads the Dockerfile: without reasons that are of one machine, on one day.</param>
internal sealed record SourceNeeds(
    ScratchProgram Program,
    bool IsProbed,
    BuildStrategy Strategy,
    string? StrategyReason,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Notes)
{
    /// <summary>Errors that are the user's: no build elsewhere would do better.</summary>
    private static readonly string[] Fatal =
    [
        nameof(Messages.PackageNotMain), nameof(Messages.PackageFolderMissing), nameof(Messages.PackageIsFile), nameof(Messages.PackageNoGoFiles),
        nameof(Messages.PackageNoModule), nameof(Messages.FlagsUnclosed), nameof(Messages.DefineInvalid), nameof(Messages.FlagsUnquotable),
        nameof(Messages.GoPathInvalid), nameof(Messages.GoPathNotGo), nameof(Messages.BuildNotStatic), nameof(Messages.BuildNotMusl),
        nameof(Messages.SourceTrialFailed), nameof(Messages.SourceNotStatic),
    ];

    /// <summary>Flags of GOFLAGS that are of how one builds here, and leave the program the same or are in the Dockerfile anyway.</summary>
    private static readonly string[] OfTheMachine = ["buildvcs", "mod", "modcacherw", "n", "p", "trimpath", "v", "work", "x"];

    /// <summary>Builds the program once, for the first platform, and reads what came out; what cannot be built is assumed to need all.</summary>
    /// <param name="source">What is to be built.</param>
    /// <param name="name">The program's name, where go is not asked.</param>
    /// <param name="platform">The platform to build for.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <exception cref="GoCrossException">What is wrong with the package, the flags or the program: PackageNotMain and its like.</exception>
    internal static async Task<SourceNeeds> FindAsync(SourceOptions source, string name, ImagePlatform platform, CancellationToken cancellation)
    {
        if (!source.ProbeByBuilding)
        {
            return Assume(source, name, platform, "as it was not to be built here (-NoBuild)");
        }

        try
        {
            return await ProbeAsync(source, platform, cancellation).ConfigureAwait(false);
        }
        catch (GoCrossException e) when (!Fatal.Contains(e.ErrorId))
        {
            return Assume(source, name, platform, $"as it could not be built here ({e.Message.TrimEnd('.')})");
        }
    }

    private static async Task<SourceNeeds> ProbeAsync(SourceOptions source, ImagePlatform platform, CancellationToken cancellation)
    {
        var reference = PackageReference.Create(source.Package, source.Folder);
        using var folder = new TemporaryDirectory();
        (BuildRequest build, BuildOutcome outcome, GoToolchain toolchain) = await BuildAsync(source.Build).ConfigureAwait(false);
        if (outcome.Failure?.ErrorId == nameof(Messages.KernelHeaderMissing))
        {
            (build, outcome, _) = await BuildAsync(
                WithKernelHeaders(source.Build, build.Target, toolchain, Path.Combine(folder.Path, "kernel-headers"))).ConfigureAwait(false);
        }

        if (outcome.Failure is { } failure)
        {
            // What C code needs cannot be assumed, and without its C code it would be another program.
            throw build.Strategy == BuildStrategy.Static
                ? failure
                : GoCrossException.Create(
                    failure, failure.Kind, nameof(Messages.SourceTrialFailed), build.Package.ImportPath, build.Strategy, failure.Message, failure.Fix);
        }

        ScratchProgram program = ScratchProgram.Inspect(build.OutputPath, build.Package.ImportPath, cancellation);

        // The build elsewhere has a revision of its own; and nobody will find the file again that this was read from.
        return new SourceNeeds(
            program with { Path = build.Package.ImportPath, BuildInfo = null },
            IsProbed: true,
            build.Strategy,
            build.StrategyReason,
            [.. FlagWarnings(outcome.Build.GoFlags)],
            []);

        async Task<(BuildRequest Build, BuildOutcome Outcome, GoToolchain Toolchain)> BuildAsync(BuildOptions options)
        {
            GoToolchain toolchain = await GoToolchain.FindAsync(
                LocalGoHost.Instance, source.GoPath, reference.WorkingDirectory, options.Environment, cancellation).ConfigureAwait(false);
            BuildTarget target = BuildTargets.Parse([platform.ToString()], toolchain.Targets)[0];
            BuildRequest request = (await GoPackages.ResolveAsync(
                toolchain,
                reference,
                [(target, source.Strategy)],
                options,
                OutputTemplate.Create(folder.Path, "{name}"),
                cancellation).ConfigureAwait(false))[0];
            if (request.Strategy is not (BuildStrategy.Static or BuildStrategy.Musl))
            {
                throw GoCrossException.Create(
                    ErrorKind.InvalidArgument, nameof(Messages.SourceNotStatic), request.Package.ImportPath, request.StrategyReason ?? request.Strategy.ToString());
            }

            var builder = new GoBuilder(toolchain, options, BuildParallelism.Share(1, 1, Environment.ProcessorCount));
            return (request, await builder.BuildAsync(request, source.OnLine, cancellation).ConfigureAwait(false), toolchain);
        }
    }

    /// <summary>What held for the build here and does not for the one in the builder, which has no GOFLAGS.</summary>
    private static IEnumerable<string> FlagWarnings(IReadOnlyList<string> flags)
    {
        string[] lost = [.. flags.Where(flag => !OfTheMachine.Contains(flag.TrimStart('-').Split('=')[0]))];
        if (lost.Length > 0)
        {
            yield return $"GOFLAGS has {string.Join(' ', lost)} here, which is not in the Dockerfile: give the parameter for it (-Tags, -LdFlags, -BuildMode) "
                + "where it is to hold there, too.";
        }
    }

    /// <summary>
    /// The options with the kernel's headers behind the C library's own, as the Dockerfile has them for musl: there a package is
    /// installed for it, and here those of this machine do, if it has them.
    /// </summary>
    private static BuildOptions WithKernelHeaders(BuildOptions options, BuildTarget target, GoToolchain toolchain, string folder)
    {
        const string Variable = "CGO_CFLAGS";
        foreach (string place in BuildFailure.KernelFolders(target, toolchain).Reverse())
        {
            foreach (string part in SourceScripts.KernelFolders.Where(part => Directory.Exists(Path.Combine(place, part))))
            {
                Directory.CreateDirectory(folder);
                string link = Path.Combine(folder, part);
                if (!Path.Exists(link))
                {
                    Directory.CreateSymbolicLink(link, Path.Combine(place, part));
                }
            }
        }

        if (!Directory.Exists(folder))
        {
            return options;
        }

        string flags = options.Environment.GetValueOrDefault(Variable) ?? toolchain.Inherited(Variable) ?? "-O2 -g";
        return options with
        {
            Environment = new Dictionary<string, string>(options.Environment) { [Variable] = $"{flags} -idirafter {folder}" },
        };
    }

    private static SourceNeeds Assume(SourceOptions source, string name, ImagePlatform platform, string why)
    {
        List<string> warnings = [Assumption($", {why}")];
        List<string> notes = [Assumption(string.Empty)];
        BuildStrategy strategy = source.Strategy;
        if (strategy == BuildStrategy.Auto)
        {
            strategy = BuildStrategy.Static;
            notes.Add($"{name} is taken for a program without C code. Give -Strategy Musl if it has some.");
            warnings.Add(notes[^1]);
        }

        return new SourceNeeds(ScratchProgram.Assume(name, platform), IsProbed: false, strategy, null, warnings, notes);

        string Assumption(string reason) =>
            $"What {name} needs at run time is assumed{reason}: users, /tmp, time zones and CA certificates are included.";
    }
}
