using System.Collections;
using System.Globalization;
using System.Management.Automation;
using GoCross.Builds;
using GoCross.Certificates;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Cmdlets.Commands;

/// <summary>Builds Go programs for targets and strategies, side by side, and reads each back after the link.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GoCrossBuild", SupportsShouldProcess = true)]
[OutputType(typeof(GoBuild))]
public sealed class InvokeGoCrossBuildCommand : GoCrossCmdlet
{
    private const string Beneath = "...";
    private const string SystemBundle = "System";
    private const string StatementExtension = ".intoto.json";

    private readonly Dictionary<string, GoToolchain> _toolchains = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, BuildMatrix> _matrices = new(StringComparer.Ordinal);
    private string _location = string.Empty;
    private string _go = string.Empty;
    private OutputTemplate? _output;
    private BuildOptions _options = new();
    private BuildContainers? _containers;
    private BuildContainers? _fallback;

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

    /// <summary>The C compiler: auto, gcc, zig, or a command.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CompilerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Compiler { get; set; } = "auto";

    /// <summary>Where the programs go: a folder, or a path with placeholders.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>Build tags.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Tags { get; set; } = [];

    /// <summary>Flags for Go's linker.</summary>
    [Parameter]
    [ValidateNotNull]
    public string LdFlags { get; set; } = string.Empty;

    /// <summary>Flags for Go's compiler.</summary>
    [Parameter]
    [ValidateNotNull]
    public string GcFlags { get; set; } = string.Empty;

    /// <summary>String variables to set at link time.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Define { get; set; }

    /// <summary>Whether symbols and debug information stay in the programs.</summary>
    [Parameter]
    public SwitchParameter NoStrip { get; set; }

    /// <summary>Whether the machine's paths are left out of the programs. They are, unless this says no.</summary>
    [Parameter]
    public SwitchParameter TrimPath { get; set; } = true;

    /// <summary>Whether the version control's state is stamped into the programs.</summary>
    [Parameter]
    [ValidateSet("auto", "true", "false")]
    public string BuildVcs { get; set; } = "auto";

    /// <summary>How go finds modules.</summary>
    [Parameter]
    [ValidateSet("readonly", "vendor", "mod")]
    public string? Mod { get; set; }

    /// <summary>Whether the programs are position-independent.</summary>
    [Parameter]
    [ValidateSet("exe", "pie")]
    public string? BuildMode { get; set; }

    /// <summary>Whether the race detector is built in.</summary>
    [Parameter]
    public SwitchParameter Race { get; set; }

    /// <summary>Variables to set for go and what it runs.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Environment { get; set; }

    /// <summary>Certificates to build in, for where the system has none: a PEM file, or System for this machine's.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CaBundleCompleter))]
    [ValidateNotNullOrEmpty]
    public string? EmbedCaBundle { get; set; }

    /// <summary>Whether the data of time zones is built in, for where the system has none.</summary>
    [Parameter]
    public SwitchParameter EmbedTimeZone { get; set; }

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

    /// <summary>The go command, its folder, or a GOROOT.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GoPath { get; set; }

    /// <summary>The image to build in.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>The Docker contexts whose engines share the builds in containers.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DockerContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] DockerContext { get; set; } = [];

    /// <summary>The image to build in what cannot be built with musl here.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FallbackContainer { get; set; }

    /// <summary>The most builds at once.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; }

    /// <summary>Whether programs that are there already are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Finds what every build needs.</summary>
    protected override void BeginProcessing()
    {
        _location = RunOrEnd(WorkingDirectory ?? ".", ResolveLocation);
        RunOrEnd(Container ?? FallbackContainer, RequireOneContainer);
        _go = Container is null
            ? RunOrEnd(GoPath, () => GoToolchain.Locate(GoPaths.Resolve(this, GoPath)))
            : string.Empty;
        _output = RunOrEnd(OutputPath, () => OutputTemplates.Create(this, OutputPath, OutputTemplate.DefaultFileName, _location));
        _options = new BuildOptions
        {
            Tags = EmbedTimeZone ? [.. Tags, "timetzdata"] : Tags,
            LdFlags = LdFlags,
            GcFlags = GcFlags,
            Defines = [.. Tables.Pairs(Define).Select(pair => KeyValuePair.Create(pair.Key, pair.Value ?? string.Empty))],
            Strip = !NoStrip,
            TrimPath = TrimPath,
            BuildVcs = BuildVcs,
            Mod = Mod,
            BuildMode = BuildMode,
            Race = Race,
            Compiler = CompilerCommand(),
            Environment = Tables.Pairs(Environment).ToDictionary(pair => pair.Key, pair => pair.Value ?? string.Empty, StringComparer.Ordinal),
            CaBundle = EmbedCaBundle is null ? null : RunOrEnd(EmbedCaBundle, ReadCaBundle),
            Reproducible = Reproducible,
            Provenance = ProvenancePath is null
                ? null
                : RunOrEnd(ProvenancePath, () => OutputTemplates.Create(this, ProvenancePath, OutputTemplate.DefaultFileName + StatementExtension, _location)),
            Overwrite = Force,
        };
        _containers = Container is null ? null : CreateContainers(Container, GoPath);
        _fallback = FallbackContainer is null ? null : CreateContainers(FallbackContainer, goPath: null);
    }

    /// <summary>Builds the packages of one record.</summary>
    protected override void ProcessRecord()
    {
        var builders = new Dictionary<string, Func<BuildParallelism, GoBuilder>>(StringComparer.Ordinal);
        List<PackageMatch> matches = [];
        if (_containers is { IsStarted: false })
        {
            RunOrEnd(Container, $"Starting {Container}", (writer, cancellation) => _containers.StartAsync(writer, cancellation));
        }

        foreach (PackageReference reference in Package.SelectMany(References))
        {
            bool isFound = TryRun(reference.Text, () => Toolchain(reference.WorkingDirectory), out GoToolchain? toolchain);
            _containers?.Tell(this);
            if (!isFound)
            {
                continue;
            }

            // A wrong target is wrong for every package; a wrong package is wrong by itself.
            BuildMatrix matrix = RunOrEnd(Target, () => Matrix(toolchain!));
            if (matrix.Settings.Count > 0
                && TryRun(
                    reference.Text,
                    () => GoPackages.ResolveAsync(toolchain!, reference, matrix.Settings, _options, StopToken).GetAwaiter().GetResult(),
                    out IReadOnlyList<PackageMatch>? found))
            {
                matches.AddRange(found);
                builders[reference.WorkingDirectory] = parallelism => new GoBuilder(toolchain!, _options, parallelism);
            }
        }

        if (matches.Count > 0)
        {
            IReadOnlyList<PlannedBuild> plan = RunOrEnd(Package, () => BuildPlan.Create(matches, _output!));
            Build(plan, builders);
        }
    }

    /// <summary>Removes the containers, now that all is built.</summary>
    protected override void EndProcessing() => RemoveContainers();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Ctrl+C, an error or a Select-Object -First came before the end.
            RemoveContainers();
        }

        base.Dispose(disposing);
    }

    private void RemoveContainers()
    {
        _containers?.Dispose();
        _fallback?.Dispose();
    }

    private void Build(IReadOnlyList<PlannedBuild> plan, Dictionary<string, Func<BuildParallelism, GoBuilder>> builders)
    {
        BuildParallelism parallelism = BuildParallelism.Share(
            plan.Count, Limit, System.Environment.ProcessorCount, BuildParallelism.FreeMemory());
        Dictionary<string, GoBuilder> ready = RunOrEnd(
            Package, () => builders.ToDictionary(pair => pair.Key, pair => pair.Value(parallelism), StringComparer.Ordinal));
        ContainerBuilder? remote = _containers is null
            ? null
            : RunOrEnd(Container, () => _containers.BuilderFor(_options, plan.Count, Limit));
        PlannedBuild[] builds =
        [
            .. plan.Where(build => IsWanted(build, remote is null ? ready[build.Package.WorkingDirectory].CommandFor : remote.CommandFor)),
        ];
        int done = 0;
        PipelinePump.ForEach(
            this,
            "Building Go programs",
            builds,
            remote?.AtOnce ?? parallelism.Builds,
            async (build, writer, cancellation) =>
            {
                writer.WriteProgress(Status(done, builds.Length, build), Percent(done, builds.Length));
                _containers?.Tell(writer);
                void Log(string line) => writer.WriteVerbose($"[{build}] {line}");
                BuildOutcome outcome = remote is null
                    ? await ready[build.Package.WorkingDirectory].BuildAsync(build, Log, cancellation).ConfigureAwait(false)
                    : await remote.BuildAsync(build, Log, cancellation).ConfigureAwait(false);
                if (_fallback is not null && ContainerBuilder.CanHelp(outcome))
                {
                    _fallback.Tell(writer);
                    writer.WriteWarning($"[{build}] {outcome.Failure!.Message} It is built again in {FallbackContainer}.");
                    outcome = await _fallback.BuildAgainAsync(build, outcome, _options, Limit, Log, cancellation).ConfigureAwait(false);
                }

                Interlocked.Increment(ref done);
                foreach (BuildDiagnostic warning in outcome.Build.Warnings)
                {
                    writer.WriteWarning($"[{build}] {warning}");
                }

                if (outcome.Failure is { } failure)
                {
                    writer.WriteError(ErrorRecords.From(failure, outcome.Build));
                }

                writer.WriteObject(outcome.Build);
                writer.WriteProgress(Status(done, builds.Length, build), Percent(done, builds.Length));
            },
            StopToken);
        _containers?.Hush();
        _fallback?.Hush();
    }

    private int? Limit => ThrottleLimit == 0 ? null : ThrottleLimit;

    /// <summary>Whether a build is to run: its output is its own in this call, and neither -WhatIf nor -Confirm says no.</summary>
    private bool IsWanted(PlannedBuild build, Func<PlannedBuild, BuildCommand> commandFor)
    {
        if (!_outputs.Add(build.OutputPath))
        {
            WriteError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.OutputTaken), build, build.OutputPath, build.Package.ImportPath));
            return false;
        }

        string command;
        try
        {
            command = commandFor(build).ToString();
        }
        catch (GoCrossException e)
        {
            // The build reports it; what would have happened is told here.
            command = e.Message;
        }

        command = _containers is null ? command : $"In {_containers.Names}: {command}";
        return ShouldProcess(command, $"{build}: {build.OutputPath}\n{command}", "Build this program?");
    }

    /// <summary>What can be built with a toolchain. What cannot is told once, before anything starts.</summary>
    private BuildMatrix Matrix(GoToolchain toolchain)
    {
        string key = $"{toolchain.Host.Name}\n{toolchain.Version}";
        if (!_matrices.TryGetValue(key, out BuildMatrix? matrix))
        {
            matrix = BuildMatrix.Create(Target, Strategy, toolchain, _options);
            _matrices.Add(key, matrix);
            foreach (GoCrossException refusal in matrix.Refused)
            {
                WriteError(ErrorRecords.From(refusal, Target));
            }

            foreach (GoCrossException leftOut in matrix.LeftOut)
            {
                WriteWarning(leftOut.Message);
            }
        }

        return matrix;
    }

    private bool RequireOneContainer()
    {
        string? error = Container is not null && FallbackContainer is not null ? nameof(Messages.ContainerTwice)
            : Container is null && FallbackContainer is null && DockerContext.Length > 0 ? nameof(Messages.DockerContextUnused)
            : null;
        return error is null ? true
            : throw GoCrossException.FromResource(Messages.ResourceManager, ErrorKind.InvalidArgument, error, null);
    }

    private BuildContainers CreateContainers(string image, string? goPath)
    {
        bool whatIf = MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
            ? (SwitchParameter)bound
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));
        return new BuildContainers(
            DockerContext,
            new ContainerHostOptions { Image = image, GoPath = goPath, Given = _options.Environment, Pulls = !whatIf });
    }

    private string ResolveLocation()
    {
        if (WorkingDirectory is null)
        {
            return SessionPaths.Location(this);
        }

        string folder = SessionPaths.Resolve(this, WorkingDirectory);
        return PackageReference.Create(folder, folder).WorkingDirectory;
    }

    /// <summary>The choice of a compiler, or the full path of the one that was given as a path.</summary>
    private string CompilerCommand()
    {
        if (Container is not null || !Compiler.AsSpan().ContainsAny('/', '\\'))
        {
            return Compiler;
        }

        string full = RunOrEnd(Compiler, () => SessionPaths.Resolve(this, Compiler));
        return File.Exists(full) ? full : Compiler;
    }

    private CaBundle ReadCaBundle() => CaBundle.Read(
        string.Equals(EmbedCaBundle, SystemBundle, StringComparison.OrdinalIgnoreCase)
            ? null
            : SessionPaths.Resolve(this, EmbedCaBundle!));

    private IEnumerable<PackageReference> References(string text)
    {
        if (TryRun(text, () => Expand(text), out IReadOnlyList<PackageReference>? references))
        {
            return references;
        }

        return [];
    }

    private IReadOnlyList<PackageReference> Expand(string text)
    {
        if (WildcardPattern.ContainsWildcardCharacters(text))
        {
            return [.. SessionPaths.Expand(this, text).Where(Directory.Exists).Select(folder => PackageReference.Create(folder, _location))];
        }

        // Only PowerShell knows what ~ and a drive's name stand for; an import path has neither.
        int end = text.IndexOf(Beneath, StringComparison.Ordinal);
        string path = end < 0 ? text : text[..end];
        bool isPowerShells = path.StartsWith('~') || path.Contains(':', StringComparison.Ordinal);
        string full = isPowerShells ? System.IO.Path.Join(SessionPaths.Resolve(this, path), text[path.Length..]) : text;
        return [PackageReference.Create(full, _location)];
    }

    private GoToolchain Toolchain(string workingDirectory)
    {
        if (_containers is not null)
        {
            return _containers.PrepareAsync(workingDirectory, StopToken).GetAwaiter().GetResult();
        }

        if (!_toolchains.TryGetValue(workingDirectory, out GoToolchain? toolchain))
        {
            toolchain = GoToolchain.FindAsync(LocalGoHost.Instance, _go, workingDirectory, _options.Environment, StopToken)
                .GetAwaiter().GetResult();
            _toolchains.Add(workingDirectory, toolchain);
        }

        return toolchain;
    }

    private static string Status(int done, int count, PlannedBuild build) =>
        string.Create(CultureInfo.CurrentCulture, $"{done} of {count} done; {build}");

    private static int Percent(int done, int count) => done * 100 / count;
}
