using System.Management.Automation;
using GoCross.Builds;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Foundation;
using GoCross.Reports;
using GoCross.Targets;

namespace GoCross.Cmdlets.Commands;

/// <summary>Builds Go programs for targets and strategies, side by side, and reads each back after the link.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GoCrossBuild", DefaultParameterSetName = LocalSet, SupportsShouldProcess = true)]
[OutputType(typeof(GoBuild))]
public sealed class InvokeGoCrossBuildCommand : GoBuildCmdlet
{
    private const string LocalSet = "Local";
    private const string ContainerSet = "Container";
    private const string FallbackSet = "Fallback";
    private const string StatementExtension = ".intoto.json";

    private readonly ReportRun _run;
    private BuildSession? _session;
    private string _location = string.Empty;

    /// <summary>Makes the cmdlet.</summary>
    public InvokeGoCrossBuildCommand() => _run = new ReportRun(this);

    /// <summary>The packages: folders, patterns such as ./..., or import paths.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Package { get; set; } = ["."];

    /// <summary>The targets: os/arch, os/arch/variant, a pattern, All or FirstClass. This machine's if not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Target { get; set; } = [];

    /// <summary>How the programs are linked.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public BuildStrategy[] Strategy { get; set; } = [BuildStrategy.Auto];

    /// <summary>Where the programs go: a folder, or a path with placeholders.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>Whether every program is built twice, and both have to be the same.</summary>
    [Parameter]
    public SwitchParameter Reproducible { get; set; }

    /// <summary>Where statements of provenance go: a folder, or a path with placeholders.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ProvenancePath { get; set; }

    /// <summary>The folder that relative packages and outputs start at, instead of the session's location.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>The image to build in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ContainerSet)]
    [ArgumentCompleter(typeof(EngineImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>The image to build in what cannot be built with musl here.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FallbackSet)]
    [ArgumentCompleter(typeof(EngineImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FallbackContainer { get; set; }

    /// <summary>The Docker contexts whose engines share the builds in containers.</summary>
    [Parameter(ParameterSetName = ContainerSet)]
    [Parameter(ParameterSetName = FallbackSet)]
    [ArgumentCompleter(typeof(DockerContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] DockerContext { get; set; } = [];

    /// <summary>What private modules are fetched with in containers: Netrc, Ssh.</summary>
    [Parameter(ParameterSetName = ContainerSet)]
    [Parameter(ParameterSetName = FallbackSet)]
    [ValidateNotNullOrEmpty]
    public ModuleCredential[] ModuleCredential { get; set; } = [];

    /// <summary>The most builds at once.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; }

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

    /// <summary>Whether any file that is there already is replaced, and not only a program.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Finds what every build needs.</summary>
    protected override void BeginProcessing()
    {
        _location = RunOrEnd(WorkingDirectory ?? ".", ResolveLocation);
        BuildSessionOptions options = RunOrEnd(OutputPath, () => new BuildSessionOptions
        {
            Targets = Target,
            Strategies = Strategy,
            Build = BuildOptions(ownCompiler: Container is null) with
            {
                Reproducible = Reproducible,
                Provenance = ProvenancePath is null
                    ? null
                    : OutputTemplates.Create(this, ProvenancePath, OutputTemplate.DefaultFileName + StatementExtension, _location),
                Overwrite = Force,
            },
            Output = OutputTemplates.Create(this, OutputPath, OutputTemplate.DefaultFileName, _location),
            GoPath = Container is null ? GoPaths.Resolve(this, GoPath) : GoPath,
            Limit = ThrottleLimit == 0 ? null : ThrottleLimit,
            Container = Container,
            FallbackContainer = FallbackContainer,
            Credentials = ModuleCredential,
            Pulls = !IsWhatIf(),
            Connect = () => BuildEngines.Connect(DockerContext),
        });
        _session = RunOrEnd(GoPath, () => new BuildSession(options));
        _run.Prepare(ReportPath, ReportFormat, Force, Annotate);
    }

    /// <summary>Builds the packages of one record.</summary>
    protected override void ProcessRecord()
    {
        PackageReference[] references = [.. Package.SelectMany(References)];
        IReadOnlyList<BuildRequest> plan = RunOrEnd(
            Package, "Building Go programs", (writer, stop) => _session!.PlanAsync(references, new BuildObserver(this, writer, _run), stop));
        BuildRequest[] builds = [.. plan.Where(IsWanted)];
        if (builds.Length > 0)
        {
            RunOrEnd(Package, "Building Go programs", async (writer, stop) =>
            {
                await _session!.BuildAsync(builds, new BuildObserver(this, writer, _run), stop).ConfigureAwait(false);
                return builds;
            });
        }
    }

    /// <summary>Removes the containers, now that all is built, and writes the reports.</summary>
    protected override void EndProcessing()
    {
        RemoveContainers();
        _run.End();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Ctrl+C, an error or a Select-Object -First came before the end.
            RemoveContainers();
            _run.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    private protected override void OnFailed(string name, ErrorRecord error) => _run.AddUntested(name, error);

    private void RemoveContainers()
    {
        _session?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _session = null;
    }

    private bool IsWanted(BuildRequest build)
    {
        string command = _session!.CommandFor(build);
        return ShouldProcess(command, $"{build}: {build.OutputPath}\n{command}", "Build this program?");
    }

    private bool IsWhatIf() => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
        ? (SwitchParameter)bound
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    private string ResolveLocation()
    {
        if (WorkingDirectory is null)
        {
            return SessionPaths.Location(this);
        }

        string folder = SessionPaths.Resolve(this, WorkingDirectory);
        return PackageReference.Create(folder, folder).WorkingDirectory;
    }

    private IReadOnlyList<PackageReference> References(string text) =>
        TryRun(text, () => PackagePaths.Expand(this, text, _location), out IReadOnlyList<PackageReference>? references) ? references : [];
}
