using System.Collections.Concurrent;
using System.Management.Automation;
using GoCross.Builds;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Files;
using GoCross.Runs;
using GoCross.Strategies;
using GoCross.Targets;

namespace GoCross.Cmdlets.Commands;

/// <summary>
/// Builds a Go program in every way of linking and measures what each costs: the image that it would ship in, what it
/// needs, how it starts. Executes the programs.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "GoBuildStrategy", SupportsShouldProcess = true)]
[OutputType(typeof(StrategyMeasurement))]
public sealed class MeasureGoBuildStrategyCommand : GoBuildCmdlet
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly List<StrategyMeasurement> _rows = [];
    private Readiness? _readiness;
    private AtomicFile? _markdown;
    private AtomicFile? _html;

    /// <summary>The packages: folders, or import paths.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Package { get; set; } = ["."];

    /// <summary>The targets: os/arch or os/arch/variant. This machine's if not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>The ways of linking that are compared.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public BuildStrategy[] Strategy { get; set; } =
        [BuildStrategy.Static, BuildStrategy.Musl, BuildStrategy.GlibcStatic, BuildStrategy.Glibc];

    /// <summary>Images that dynamic programs are put on top of as well.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Base { get; set; } = [];

    /// <summary>The strategy that the others are compared with.</summary>
    [Parameter]
    public BuildStrategy Baseline { get; set; } = BuildStrategy.Glibc;

    /// <summary>How often each program is started; 0 starts none.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int Repeat { get; set; }

    /// <summary>The port at which a program that is ready accepts connections.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? ReadyPort { get; set; }

    /// <summary>An address that a server answers when it is ready, with a status of 200 to 399.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? ReadyUrl { get; set; }

    /// <summary>A regular expression that matches what a server writes when it is ready.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReadyPattern { get; set; }

    /// <summary>Measures static programs packed by UPX, too, in rows of their own.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>A file that gets the table in Markdown.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MarkdownPath { get; set; }

    /// <summary>A file that gets the table as a page of HTML.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HtmlPath { get; set; }

    /// <summary>Replaces files of -MarkdownPath and -HtmlPath that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The arguments that the programs are started with.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Takes what is given for all programs.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _readiness = ReadinessArguments.Create(this, ReadyPort, ReadyUrl, ReadyPattern);
        _markdown = Prepare(MarkdownPath, "Write the table in Markdown");
        _html = Prepare(HtmlPath, "Write the table as a page of HTML");
    }

    /// <summary>Writes the files, which have the rows of all programs.</summary>
    protected override void EndProcessing()
    {
        if (_rows.Count > 0 && _markdown is { } markdown)
        {
            RunOrEnd(markdown.Path, () => StrategyTable.SaveMarkdown(_rows, markdown));
        }

        if (_rows.Count > 0 && _html is { } html)
        {
            RunOrEnd(html.Path, () => StrategyTable.SaveHtml(_rows, html));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // What was not written goes again.
            _markdown?.Dispose();
            _html?.Dispose();
        }

        base.Dispose(disposing);
    }

    // Before the builds: nobody waits for minutes to read that a file exists.
    private AtomicFile? Prepare(string? given, string action)
    {
        if (given is null)
        {
            return null;
        }

        string path = RunOrEnd(given, () => SessionPaths.Resolve(this, given));
        return ShouldProcess(path, action) ? RunOrEnd(given, () => StrategyTable.Prepare(path, Force)) : null;
    }

    /// <summary>Builds and measures.</summary>
    protected override void ProcessRecord()
    {
        string location = SessionPaths.Resolve(this, ".");
        var references = new List<PackageReference>();
        foreach (string text in Package)
        {
            if (TryRun(text, () => PackagePaths.Expand(this, text, location), out IReadOnlyList<PackageReference>? found))
            {
                references.AddRange(found);
            }
        }

        string what = Repeat > 0 ? $"Build, make images and start {Repeat} times" : "Build and make images";
        if (references.Count == 0 || !ShouldProcess(string.Join(", ", references.Select(reference => reference.Text)), what))
        {
            return;
        }

        using var folder = new TemporaryDirectory();
        BuildSessionOptions session = RunOrEnd(Package, () => new BuildSessionOptions
        {
            Targets = Target,
            Strategies = Strategy,
            Build = BuildOptions(ownCompiler: true),
            Output = OutputTemplate.Create(folder.Path, OutputTemplate.DefaultFileName),
            GoPath = GoPaths.Resolve(this, GoPath),
        });
        var bases = RunOrEnd(Base, () => Base.Select(name => ImageArguments.Locate(this, name)).ToArray());
        RunOrEnd(Package, "Measuring", async (writer, cancellation) =>
        {
            var observer = new Observer(writer);
            await using var builds = new BuildSession(session);
            IReadOnlyList<BuildRequest> plan = await builds.PlanAsync(references, observer, cancellation).ConfigureAwait(false);
            await builds.BuildAsync(plan, observer, cancellation).ConfigureAwait(false);
            var measurer = new StrategyMeasurer(new StrategyOptions
            {
                Bases = bases,
                Reader = platform => ImageArguments.Reader(platform, writer),
                Gzip = output => IsolatedAssembly.Libraries.CompressGzip(output),
                Baseline = Baseline,
                Repeat = Repeat,
                Compress = Compress,
                Run = new RunOptions
                {
                    Arguments = ArgumentList,
                    Readiness = _readiness,
                    TimeLimit = StartLimit,
                    WorkingDirectory = location,
                },
            });
            foreach (var group in observer.Outcomes
                .OrderBy(outcome => Array.IndexOf(Strategy, outcome.Build.Strategy))
                .GroupBy(outcome => (outcome.Build.Package, outcome.Build.Target)))
            {
                IReadOnlyList<StrategyMeasurement> rows = await measurer
                    .MeasureAsync([.. group], status => writer.WriteProgress(status, -1), cancellation).ConfigureAwait(false);
                foreach (StrategyMeasurement row in rows)
                {
                    _rows.Add(row);
                    writer.WriteObject(row);
                }
            }

            return plan;
        });
    }

    // What cannot be built is a row of the table, and no error.
    private sealed class Observer(IPipelineWriter writer) : IBuildObserver
    {
        public ConcurrentQueue<BuildOutcome> Outcomes { get; } = new();

        public void OnLine(string text) => writer.WriteVerbose(text);

        public void OnWarning(string text) => writer.WriteWarning(text);

        public void OnProgress(string status, int percent) => writer.WriteProgress(status, percent);

        public void OnFailure(Exception failure, object? subject) => writer.WriteError(ErrorRecords.From(failure, subject));

        public void OnBuilt(BuildOutcome outcome) => Outcomes.Enqueue(outcome);
    }
}
