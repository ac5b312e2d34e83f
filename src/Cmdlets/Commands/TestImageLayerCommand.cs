using System.Management.Automation;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Gates;
using GoCross.Images;
using GoCross.Reports;

namespace GoCross.Cmdlets.Commands;

/// <summary>Holds container images against limits: waste, size, growth, layers, files, the user. Reads dive's .dive-ci.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ImageLayer", SupportsShouldProcess = true)]
[OutputType(typeof(GateResult), typeof(bool))]
public sealed class TestImageLayerCommand : GoCrossCmdlet
{
    private readonly ReportRun _run;
    private ImageArguments? _images;
    private ImageGates _gates = new();

    /// <summary>Makes the cmdlet.</summary>
    public TestImageLayerCommand() => _run = new ReportRun(this);

    /// <summary>The images: archives, layout directories, or names in a Docker engine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [PathOfObject]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [SupportsWildcards]
    public string?[]? Image { get; set; }

    /// <summary>A file of dive's rules. What is given as a parameter, too, counts instead.</summary>
    [Parameter]
    [Alias("DiveConfig")]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>dive's lowestEfficiency, 0 to 1.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? LowestEfficiency { get; set; }

    /// <summary>dive's highestWastedBytes.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? HighestWastedBytes { get; set; }

    /// <summary>dive's highestUserWastedPercent, a ratio of 0 to 1.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? HighestUserWastedPercent { get; set; }

    /// <summary>The lowest share of bytes that are in the file system in the end, 0 to 1.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? MinimumEfficiency { get; set; }

    /// <summary>The most bytes that a rebuild would save.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? MaximumReclaimableBytes { get; set; }

    /// <summary>The same in per cent of the image's bytes.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double? MaximumReclaimablePercent { get; set; }

    /// <summary>The most bytes of the files in all layers.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? MaximumSize { get; set; }

    /// <summary>The image that growth is measured against.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? ReferenceImage { get; set; }

    /// <summary>By how many bytes an image may be larger than the reference image.</summary>
    [Parameter]
    [ValidateNotNull]
    public long? MaximumGrowth { get; set; }

    /// <summary>By how many per cent an image may be larger than the reference image.</summary>
    [Parameter]
    [ValidateNotNull]
    public double? MaximumGrowthPercent { get; set; }

    /// <summary>The most layers.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? MaximumLayerCount { get; set; }

    /// <summary>Patterns of paths that must not be there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? ForbiddenPath { get; set; }

    /// <summary>Looks for forbidden paths in what layers hold and layers above remove, too.</summary>
    [Parameter]
    public SwitchParameter AllLayers { get; set; }

    /// <summary>Lets no file be setuid or setgid.</summary>
    [Parameter]
    public SwitchParameter NoSetuid { get; set; }

    /// <summary>Patterns of files that may be setuid or setgid; no others may.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? AllowedSetuid { get; set; }

    /// <summary>Lets the container not run as root.</summary>
    [Parameter]
    public SwitchParameter NonRoot { get; set; }

    /// <summary>Lets the program that a container starts with be able to start.</summary>
    [Parameter]
    public SwitchParameter CanStart { get; set; }

    /// <summary>Emits whether all images pass all gates instead of the gates.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

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

    /// <summary>Which image of one for several platforms: os/arch or os/arch/variant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImagePlatformCompleter))]
    public string? Platform { get; set; }

    /// <summary>Reads the rules, and prepares the report before hours of work are done for it.</summary>
    protected override void BeginProcessing()
    {
        _images = new ImageArguments(this, Platform);
        ValidateParameters();
        DiveRules dive = ConfigPath is null ? Off : RunOrEnd(ConfigPath, ReadConfig);
        WriteWarnings(dive.Warnings);
        _gates = Gates(dive);
        if (_gates.IsEmpty)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NoGate), target: null));
        }

        _run.Prepare(ReportPath, ReportFormat, Force, Annotate);
    }

    /// <summary>Tests what came down the pipeline.</summary>
    protected override void ProcessRecord() => _images!.ForEach(Image, location =>
    {
        if (ReferenceImage is not null && _gates.Reference is null)
        {
            // Once for all that come down the pipeline. Without it nobody knows what has grown.
            _gates = _gates with { Reference = _images.ReadOrEnd(ReferenceImage) };
        }

        _images.WithReader(location, async (reader, writer, cancellation) =>
        {
            using OpenImage image = await reader.OpenAsync(location, _gates.Reference, cancellation).ConfigureAwait(false);
            writer.WriteWarnings(image.Image.Warnings);
            foreach (GateResult result in _gates.Test(image, cancellation))
            {
                _run.Add(ReportCase.Of(result), writer.WriteHost);
                if (!Quiet)
                {
                    writer.WriteObject(result);
                }
            }
        });
    });

    /// <summary>Writes the report.</summary>
    protected override void EndProcessing() => _run.End(Quiet);

    /// <inheritdoc/>
    private protected override void OnFailed(string name, ErrorRecord error) => _run.AddUntested(name, error);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _run.Dispose();
        }

        base.Dispose(disposing);
    }

    private static DiveRules Off => new() { LowestEfficiency = null, HighestUserWastedPercent = null };

    private void ValidateParameters()
    {
        bool hasLimit = MaximumGrowth is not null || MaximumGrowthPercent is not null;
        if (hasLimit != ReferenceImage is not null)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.GrowthIncomplete), ReferenceImage));
        }

        if (AllLayers && ForbiddenPath is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NeedsForbiddenPath), target: null));
        }
    }

    private DiveRules ReadConfig() => DiveRules.Read(SessionPaths.Resolve(this, ConfigPath!), IsolatedAssembly.Libraries);

    private ImageGates Gates(DiveRules dive) => new()
    {
        LowestEfficiency = LowestEfficiency ?? dive.LowestEfficiency,
        HighestWastedBytes = HighestWastedBytes ?? dive.HighestWastedBytes,
        HighestUserWastedPercent = HighestUserWastedPercent ?? dive.HighestUserWastedPercent,
        MinimumEfficiency = MinimumEfficiency,
        MaximumReclaimableBytes = MaximumReclaimableBytes,
        MaximumReclaimablePercent = MaximumReclaimablePercent,
        MaximumSize = MaximumSize,
        MaximumGrowth = MaximumGrowth,
        MaximumGrowthPercent = MaximumGrowthPercent,
        MaximumLayerCount = MaximumLayerCount,
        ForbiddenPaths = ForbiddenPath ?? [],
        ForbidInLayers = AllLayers,
        ForbidSetuid = NoSetuid || AllowedSetuid is not null,
        AllowedSetuid = AllowedSetuid ?? [],
        RequireNonRoot = NonRoot,
        RequireStart = CanStart,
    };
}
