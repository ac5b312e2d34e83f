using System.Collections;
using System.Management.Automation;
using GoCross.Builds;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Progress;
using GoCross.Reports;
using GoCross.Runs;
using GoCross.Targets;

namespace GoCross.Cmdlets.Commands;

/// <summary>Runs programs, or packages' tests, natively, under QEMU or in a container, and says how it went.</summary>
[Cmdlet(VerbsDiagnostic.Test, "GoBinary", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(BinaryRun))]
public sealed class TestGoBinaryCommand : PathCmdlet
{
    private const string GoTestSet = "GoTest";
    private const string Question = "Run this?";

    private readonly ReportRun _run;
    private RunOptions? _options;
    private IContainerEngine? _engine;
    private int _done;

    /// <summary>Makes the cmdlet.</summary>
    public TestGoBinaryCommand() => _run = new ReportRun(this);

    /// <summary>Packages whose tests are run: folders, patterns such as ./..., or import paths.</summary>
    [Parameter(Mandatory = true, ParameterSetName = GoTestSet)]
    [ValidateNotNullOrEmpty]
    public string[] GoTest { get; set; } = [];

    /// <summary>What the tests are built for. This machine's target if not given.</summary>
    [Parameter(ParameterSetName = GoTestSet)]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Target { get; set; } = [];

    /// <summary>How the tests are linked.</summary>
    [Parameter(ParameterSetName = GoTestSet)]
    [ValidateSet(nameof(BuildStrategy.Static), nameof(BuildStrategy.Musl), nameof(BuildStrategy.Glibc), nameof(BuildStrategy.GlibcStatic))]
    public BuildStrategy Strategy { get; set; } = BuildStrategy.Static;

    /// <summary>The go command, its folder, or a GOROOT.</summary>
    [Parameter(ParameterSetName = GoTestSet)]
    [ValidateNotNullOrEmpty]
    public string? GoPath { get; set; }

    /// <summary>The program's arguments; with -GoTest those of go test, after the packages.</summary>
    [Parameter]
    [ValidateNotNull]
    [AllowEmptyString]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>What the program reads from standard input.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [AllowEmptyString]
    public string? InputText { get; set; }

    /// <summary>The file that the program reads from standard input.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? InputPath { get; set; }

    /// <summary>A TCP port: the program is a server, which is ready when it accepts connections there, and is ended then.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateRange(1, 65535)]
    public int ReadyPort { get; set; }

    /// <summary>An address that a server answers when it is ready, with a status of 200 to 399.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public Uri? ReadyUrl { get; set; }

    /// <summary>A regular expression that matches what a server writes when it is ready.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? ReadyPattern { get; set; }

    /// <summary>The signal that asks a server to end.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ArgumentCompleter(typeof(SignalCompleter))]
    [ValidateNotNullOrEmpty]
    public string StopSignal { get; set; } = "SIGTERM";

    /// <summary>How long a server may take to end after the signal.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Seconds]
    [ValidateNotNull]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it may run; a server: how long it may take to be ready.</summary>
    [Parameter]
    [Seconds]
    [ValidateNotNull]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The exit codes of a success.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public int[] ExpectedExitCode { get; set; } = [0];

    /// <summary>A regular expression that standard output or standard error has to match.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? ExpectedOutput { get; set; }

    /// <summary>Variables of its environment, beside those of this session.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Environment { get; set; }

    /// <summary>The directory it starts in.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>The directory that stands for the root of the foreign system.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SysRoot { get; set; }

    /// <summary>The image that each program is run in a container of.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ArgumentCompleter(typeof(EngineImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>Files for reports: .xml for JUnit, .sarif for SARIF, .md for a summary in Markdown.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? ReportPath { get; set; }

    /// <summary>The reports' format, where a file's name does not tell.</summary>
    [Parameter]
    public GateReportFormat? ReportFormat { get; set; }

    /// <summary>Says what is wrong in the way of the service that this runs in.</summary>
    [Parameter]
    public SwitchParameter Annotate { get; set; }

    /// <summary>Replaces reports that stand there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The most programs at once; with -GoTest the most packages.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; } = 1;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        RequireTime(TimeLimit);
        RequireTime(StopTimeout);

        if (InputText is not null && InputPath is not null)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.InputTwice), InputPath));
        }

        if (Container is not null && (InputText is not null || InputPath is not null || SysRoot is not null))
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.ContainerExcludes), Container));
        }

        _engine = Container is null ? null : RunOrEnd(Container, () => IsolatedAssembly.Connect());
        _options = new RunOptions
        {
            Arguments = ArgumentList,
            Input = InputText,
            InputPath = InputPath is null ? null : RunOrEnd(InputPath, () => ExistingFile(InputPath)),
            TimeLimit = TimeLimit,
            Readiness = Readiness(),
            ExpectedExitCodes = ExpectedExitCode,
            ExpectedOutput = ExpectedOutput is null ? null : RunOrEnd(ExpectedOutput, () => ReadinessArguments.Pattern(ExpectedOutput)),
            Environment = Tables.Pairs(Environment).ToDictionary(StringComparer.Ordinal),
            WorkingDirectory = Container is null
                ? RunOrEnd(WorkingDirectory, () => WorkingDirectory is null ? SessionPaths.Location(this) : ExistingFolder(WorkingDirectory))
                : WorkingDirectory ?? string.Empty,
            SysRoot = SysRoot is null ? null : RunOrEnd(SysRoot, () => ExistingFolder(SysRoot)),
        };
        _run.Prepare(ReportPath, ReportFormat, Force, Annotate);
    }

    /// <summary>Writes the reports.</summary>
    protected override void EndProcessing() => _run.End();

    /// <inheritdoc/>
    private protected override void OnFailed(string name, ErrorRecord error) => _run.AddUntested(name, error);

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath) => ProcessPaths([fullPath]);

    /// <inheritdoc/>
    private protected override void ProcessPaths(IReadOnlyList<string> fullPaths)
    {
        var runner = new BinaryRunner(_options!, _engine is null ? null : new ProgramContainer(_engine, Container!));
        List<RunPlan> plans = [];
        foreach (string fullPath in fullPaths)
        {
            if (TryRun(fullPath, () => runner.Plan(fullPath, StopToken), out RunPlan? plan)
                && ShouldProcess(plan.ToString(), plan.ToString(), Question))
            {
                plans.Add(plan);
            }
        }

        WorkProgress? progress = null;
        PipelinePump.ForEach(
            this,
            "Running programs",
            plans,
            ThrottleLimit,
            async (plan, writer, cancellation) =>
            {
                // Those that are still to come down the pipeline nobody knows.
                WorkProgress shown = LazyInitializer.EnsureInitialized(
                    ref progress, () => new WorkProgress("running", writer.WriteProgress, _done) { Count = _done + plans.Count });
                string name = System.IO.Path.GetFileName(plan.Path) + (_options!.Readiness is { } ready ? $", which is to be ready: {ready}" : "");
                shown.Begin(name);
                RunOutcome outcome = await runner.RunAsync(plan, cancellation).ConfigureAwait(false);
                shown.End(name);
                Report(outcome, writer);
            },
            StopToken);
        _done += plans.Count;
    }

    /// <inheritdoc/>
    private protected override void ProcessWithoutPath()
    {
        string location = SessionPaths.Location(this);
        string? go = RunOrEnd(GoPath, () => GoToolchain.Locate(GoPaths.Resolve(this, GoPath)));
        foreach (string package in GoTest)
        {
            if (TryRun(
                package,
                "Asking the Go toolchain",
                (_, cancellation) => PrepareAsync(package, location, go, cancellation),
                out PreparedTests? tests))
            {
                Run(tests);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _engine?.Dispose();
            _run.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<PreparedTests> PrepareAsync(
        string package, string location, string? go, CancellationToken cancellation)
    {
        var reference = PackageReference.Create(package, location);
        GoToolchain toolchain = await GoToolchain
            .FindAsync(go, reference.WorkingDirectory, cancellation)
            .ConfigureAwait(false);
        IReadOnlyList<BuildTarget> targets = Target.Length == 0 ? [toolchain.HostTarget] : BuildTargets.Parse(Target, toolchain.Targets);
        return new PreparedTests(new GoTestRunner(toolchain, _options!), reference, targets);
    }

    private void Run(PreparedTests tests)
    {
        foreach (BuildTarget target in tests.Targets)
        {
            var options = new GoTestOptions(
                tests.Package, target, Strategy, MyInvocation.BoundParameters.ContainsKey(nameof(ThrottleLimit)) ? ThrottleLimit : null);
            if (!TryRun(tests.Package.Text, () => tests.Runner.Plan(options), out GoTestPlan? plan)
                || !ShouldProcess(plan.ToString(), plan.ToString(), Question))
            {
                continue;
            }

            PipelinePump.ForEach(
                this,
                $"Running tests for {target.Name}",
                [plan],
                degree: 1,
                (item, writer, cancellation) =>
                {
                    writer.WriteProgress("building the tests", percent: -1);
                    return tests.Runner.RunAsync(
                        item, outcome => Report(outcome, writer), writer.WriteVerbose, writer.WriteProgress, cancellation);
                },
                StopToken);
        }
    }

    private void Report(RunOutcome outcome, IPipelineWriter writer)
    {
        _run.Add(ReportCases.Of(outcome.Run), writer.WriteHost);
        if (outcome.Failure is { } failure)
        {
            writer.WriteError(ErrorRecords.From(failure, outcome.Run));
        }

        writer.WriteObject(outcome.Run);
    }

    private Readiness? Readiness()
    {
        if (ProcessSignal.TryParse(StopSignal) is not { } signal)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.StopSignalInvalid), StopSignal, StopSignal));
            return null;
        }

        Readiness? readiness = ReadinessArguments.Create(this, ReadyPort == 0 ? null : ReadyPort, ReadyUrl, ReadyPattern);
        return readiness is null ? null : readiness with { StopSignal = signal, StopTimeout = StopTimeout };
    }

    private string ExistingFile(string path)
    {
        string full = SessionPaths.ExpandToOne(this, path);
        return File.Exists(full) ? full : throw new FileNotFoundException(null, full);
    }

    private string ExistingFolder(string path)
    {
        string full = SessionPaths.Resolve(this, path);
        return Directory.Exists(full) ? full : throw new FileNotFoundException(null, full);
    }

    /// <summary>Packages' tests with all that is asked only once for them.</summary>
    private sealed record PreparedTests(GoTestRunner Runner, PackageReference Package, IReadOnlyList<BuildTarget> Targets);
}
