using System.Globalization;
using System.Text;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Processes;
using GoCross.Progress;
using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Runs;

/// <summary>Runs packages' tests for a target: go test, with QEMU's user mode for what this machine does not run by itself.</summary>
/// <param name="toolchain">The toolchain, as it is in the packages' working directory.</param>
/// <param name="options">How the tests are run. Standard input is not theirs, and what they write is not compared.</param>
public sealed class GoTestRunner(GoToolchain toolchain, RunOptions options)
{
    /// <summary>Says what will be run, or refuses what cannot be.</summary>
    /// <param name="test">Which tests.</param>
    /// <exception cref="GoCrossException">
    /// StrategyNeedsLinux, TargetWithoutCgo, TargetNeedsCLinker, CCompilerUnknown, CCompilerMissing: it cannot be built;
    /// GoTestNotRunnable, GoTestLibrariesMissing: it cannot be run; FlagsUnclosed, FlagsUnquotable: of GOFLAGS;
    /// EnvironmentReserved.
    /// </exception>
    public GoTestPlan Plan(GoTestOptions test)
    {
        BuildEnvironment.RequireFree(options.Environment.Keys);
        if (BuildMatrix.Refusal(test.Strategy, test.Target, flags: null) is { } refusal)
        {
            throw refusal;
        }

        CCompiler? compiler = test.Strategy == BuildStrategy.Static ? null : CCompiler.Find(toolchain, test.Target, test.Strategy);
        TargetRunner runner = TargetRunner.Find(test.Target.Os, test.Target.Architecture);
        if (runner.Runs == TargetRun.No)
        {
            throw GoCrossException.Create(
                runner.Install is null ? ErrorKind.Unsupported : ErrorKind.ToolMissing,
                nameof(Messages.GoTestNotRunnable),
                test.Package.Text,
                test.Target.Name,
                runner.Reason);
        }

        string? sysRoot = runner.Runs == TargetRun.Qemu && test.Strategy == BuildStrategy.Glibc ? FindSysRoot(test.Target) : null;
        bool ownPaths = BuildEnvironment.UsesOwnPaths(toolchain, test.Target, test.Strategy, compiler);
        return new GoTestPlan
        {
            Options = test,
            Runner = runner.Path is { } qemu ? Path.GetFileNameWithoutExtension(qemu) : RunPlan.Native,
            RunnerPath = runner.Path,
            SysRoot = sysRoot,
            CommandLine = CommandLine(test, compiler, runner.Path, sysRoot),
            Environment = BuildEnvironment.Of(toolchain, test.Target, test.Strategy, compiler, jobs: null, ownPaths),
            RemovedVariables = BuildEnvironment.Removed(toolchain, ownPaths),
        };
    }

    /// <summary>Runs the tests.</summary>
    /// <param name="plan">What <see cref="Plan"/> gave.</param>
    /// <param name="onPackage">Gets each package's outcome as it comes, on a thread of the pool.</param>
    /// <param name="onLine">Gets what go says besides, for a log.</param>
    /// <param name="onProgress">Gets how many packages are done, of how many, and which are tested, and the same in percent.</param>
    /// <param name="cancellation">Kills go and all it started.</param>
    /// <exception cref="GoCrossException">GoTestFailed: there came no result of any package.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(
        GoTestPlan plan,
        Action<RunOutcome> onPackage,
        Action<string>? onLine,
        Action<string, int>? onProgress,
        CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        WorkProgress? progress = onProgress is null ? null : new WorkProgress("testing", onProgress);
        Task counting = progress is null ? Task.CompletedTask : CountAsync(plan, progress, ended.Token);
        try
        {
            await RunAsync(plan, onPackage, onLine, progress, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await counting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Of how many: go test does not tell. Nothing but the bar waits for it.
    private async Task CountAsync(GoTestPlan plan, WorkProgress progress, CancellationToken cancellation)
    {
        ProcessResult result = await toolchain.Host.RunAsync(
            new ProcessRequest
            {
                FileName = plan.CommandLine[0],
                Arguments = ["list", "-e", plan.Options.Package.Pattern],
                WorkingDirectory = toolchain.Host.PathOf(plan.Options.Package.WorkingDirectory),
                Environment = ProcessEnvironment(plan),
            },
            cancellation).ConfigureAwait(false);
        progress.Count = result.ExitCode == 0
            ? result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length
            : 0;
    }

    private async Task RunAsync(
        GoTestPlan plan,
        Action<RunOutcome> onPackage,
        Action<string>? onLine,
        WorkProgress? progress,
        CancellationToken cancellation)
    {
        var reader = new GoTestReader(name => progress?.Begin(name));
        var said = new OutputCapture(RunOptions.OutputLimit);
        List<GoTestReader.Result> notBuilt = [];
        int packages = 0;
        ProcessResult result = await toolchain.Host.RunAsync(
            new ProcessRequest
            {
                FileName = plan.CommandLine[0],
                Arguments = [.. plan.CommandLine.Skip(1)],
                WorkingDirectory = toolchain.Host.PathOf(plan.Options.Package.WorkingDirectory),
                Environment = ProcessEnvironment(plan),
                OnOutputLine = line =>
                {
                    if (reader.Add(line) is { } package)
                    {
                        packages++;
                        progress?.End(package.Package);
                        if (package is { BuildFailed: true, BuildOutput: null })
                        {
                            notBuilt.Add(package);
                        }
                        else
                        {
                            onPackage(Judge(plan, package, string.Empty));
                        }
                    }
                },
                OnErrorLine = line =>
                {
                    said.Add(Encoding.UTF8.GetBytes(line + "\n"));
                    onLine?.Invoke(line);
                },
            },
            cancellation).ConfigureAwait(false);

        // Before Go 1.24 the compiler's words are on the other stream, which is known in whole only now.
        foreach (GoTestReader.Result package in notBuilt)
        {
            onPackage(Judge(plan, package, said.ToString()));
        }

        if (packages == 0)
        {
            throw GoCrossException.Create(
                ErrorKind.ToolFailed,
                nameof(Messages.GoTestFailed),
                plan.Options.Package.Text,
                plan.Options.Target.Name,
                GoErrorText.Of(result.StandardError, result.ExitCode));
        }
    }

    // What the compiler said of the package's tests; before Go 1.24 of all packages at once, so those of others are left out.
    private BuildDiagnostic[] DiagnosticsOf(GoTestPlan plan, GoTestReader.Result package, string said)
    {
        string folder = plan.Options.Package.WorkingDirectory;
        var parser = new BuildOutputParser([new GoPackage(package.Package, package.Package, folder, folder, package.Package)], toolchain.Root);
        foreach (string line in (package.BuildOutput ?? said).Split('\n'))
        {
            parser.Add(line);
        }

        IReadOnlyList<BuildDiagnostic> all = parser.Complete(succeeded: false).Errors;
        return [.. all.Where(found => found.Package is null || package.BuildOutput is not null || found.Package.StartsWith(package.Package, StringComparison.Ordinal))];
    }

    private RunOutcome Judge(GoTestPlan plan, GoTestReader.Result package, string said)
    {
        var run = new BinaryRun
        {
            Package = package.Package,
            Target = plan.Options.Target.Name,
            Runner = plan.Runner,
            RunnerPath = plan.RunnerPath,
            SysRoot = plan.SysRoot,
            CommandLine = plan.CommandLine,
            Success = package.Action != "fail",
            Reason = ReasonOf(package),
            ExitCode = package.ExitCode ?? (package.Action == "pass" ? 0 : null),
            Signal = package.Signal,
            TimedOut = package.TimedOut,
            Output = package.Output,
            Error = package.BuildOutput ?? said,
            OutputLength = package.OutputLength,
            Duration = package.Elapsed,
            FailedTests = package.FailedTests.Concat(package.UnfinishedTests).ToArray(),
            Diagnostics = package.BuildFailed ? DiagnosticsOf(plan, package, said) : [],
        };
        if (run.Diagnostics is [var first, ..])
        {
            run = run with { Reason = TextFormat.Fill(Texts.RunTestsNotBuiltSaying, first) };
        }

        if (run.Success)
        {
            return new RunOutcome(run, null);
        }

        GoCrossException failure = GoCrossException.Create(
            ErrorKind.ToolFailed,
            package.BuildFailed ? nameof(Messages.GoTestNotBuilt) : nameof(Messages.GoTestsFailed),
            package.Package,
            run.Target,
            run.Reason);
        return new RunOutcome(run with { ErrorId = failure.ErrorId }, failure);
    }

    private static string ReasonOf(GoTestReader.Result package) => package switch
    {
        { Action: "skip" } => Texts.RunTestsNone,
        { Action: "pass", OtherTests: 0 } => Texts.RunTestsNoneRun,
        { Action: "pass" } => TextFormat.Fill(Texts.RunTestsPassed, package.OtherTests),
        { BuildFailed: true } => Texts.RunTestsNotBuilt,
        { TimedOut: true } => Texts.RunTestsTimedOut,
        { UnfinishedTests.Count: > 0 } => TextFormat.Fill(Texts.RunTestsUnfinished, Names(package.UnfinishedTests)),
        { FailedTests.Count: > 0 } => TextFormat.Fill(
            Texts.RunTestsFailed,
            package.FailedTests.Count,
            package.FailedTests.Count + package.OtherTests,
            Names(package.FailedTests)),
        { Signal: { } signal } => TextFormat.Fill(Texts.RunTestsSignalled, signal),
        _ => Texts.RunTestsEnded,
    };

    private static string Names(IReadOnlyList<string> tests)
    {
        const int Shown = 5;
        return string.Join(", ", tests.Take(Shown)) + (tests.Count > Shown ? ", ..." : string.Empty);
    }

    private List<string> CommandLine(GoTestOptions test, CCompiler? compiler, string? qemu, string? sysRoot)
    {
        // A result of the cache is not a run. What the user gives comes last and wins.
        List<string> words =
        [
            toolchain.Command,
            "test",
            "-C",
            toolchain.Host.PathOf(test.Package.WorkingDirectory),
            "-json",
            "-count=1",
            $"-timeout={options.TimeLimit.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)}ms",
        ];
        if (test.Jobs is { } jobs)
        {
            words.AddRange(["-p", jobs.ToString(CultureInfo.InvariantCulture)]);
        }

        var flags = new GoFlags(new BuildOptions { Strip = false }, toolchain.Flags);
        if (flags.TagsFor(test.Strategy) is { Count: > 0 } tags)
        {
            words.AddRange(["-tags", string.Join(',', tags)]);
        }

        if (flags.LinkerFlagsFor(test.Strategy, CrossPlatform.Of(test.Target)?.GlibcLoader, compiler) is { Length: > 0 } linkerFlags)
        {
            words.AddRange(["-ldflags", linkerFlags]);
        }

        if (qemu is not null)
        {
            // The race detector has no shadow memory under QEMU.
            string[] command = sysRoot is null ? [qemu] : [qemu, "-L", sysRoot];
            words.AddRange(GoQuoting.TryJoin(command, out string? runner)
                ? ["-race=false", "-exec", runner]
                : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.FlagsUnquotable)));
        }

        words.Add(test.Package.Pattern);
        words.AddRange(options.Arguments);
        return words;
    }

    private Dictionary<string, string?> ProcessEnvironment(GoTestPlan plan)
    {
        Dictionary<string, string?> environment = toolchain.BaseEnvironment();
        foreach (string name in plan.RemovedVariables)
        {
            environment[name] = null;
        }

        foreach ((string name, string? value) in options.Environment)
        {
            environment[name] = value;
        }

        foreach ((string name, string value) in plan.Environment)
        {
            environment[name] = value;
        }

        return environment;
    }

    // The tests' programs do not exist yet, so it is the loader of their C library that tells.
    private string? FindSysRoot(BuildTarget target)
    {
        string loader = CrossPlatform.Of(target)!.GlibcLoader;
        foreach (string? candidate in SysRoots.Candidates(options, target.Architecture))
        {
            if (File.Exists(candidate + loader))
            {
                return candidate;
            }
        }

        throw GoCrossException.Create(
            ErrorKind.NotFound,
            nameof(Messages.GoTestLibrariesMissing),
            target.Name,
            loader,
            SysRoots.FixFor(target.Architecture, loader));
    }
}
