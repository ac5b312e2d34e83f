using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Reports;
using GoCross.Sizes;

namespace GoCross.Cmdlets.Commands;

/// <summary>Tells where the bytes of Go programs are, what would make them smaller, and what grew between two builds.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "GoBinary", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(SizeReport), typeof(SizeShare), typeof(GateResult))]
public sealed class MeasureGoBinaryCommand : PathCmdlet
{
    private readonly HashSet<string> _pages = new(StringComparer.Ordinal);
    private MeasuredBinary? _reference;

    /// <summary>What the bytes are summed by. Without it a report on the whole program is emitted.</summary>
    [Parameter(Position = 1)]
    public SizeDimension? By { get; set; }

    /// <summary>Emits the first ones only.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Top { get; set; }

    /// <summary>The program as it was: what grew since is reported. A pattern has to match one file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? ReferencePath { get; set; }

    /// <summary>By how many bytes a program may be larger than the reference program.</summary>
    [Parameter]
    [ValidateNotNull]
    public long? MaximumGrowth { get; set; }

    /// <summary>A page of HTML that gets a treemap of the program and its numbers, or the folder that it goes into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HtmlPath { get; set; }

    /// <summary>Replaces a page that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Estimates in the report, too, what UPX would make of it. The whole file is compressed for that.</summary>
    [Parameter]
    public SwitchParameter EstimateUpx { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (MaximumGrowth is not null && ReferencePath is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.GrowthNeedsReferencePath), MaximumGrowth));
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (ReferencePath is not null)
        {
            // Once for all that come down the pipeline. Without it nobody knows what has grown.
            _reference ??= RunOrEnd(
                ReferencePath,
                () => MeasuredBinary.Read(SessionPaths.ExpandToOne(this, ReferencePath), cancellation: StopToken));
        }

        if (TryRun(fullPath, () => Measure(fullPath), out IReadOnlyList<object>? found))
        {
            WriteObject(found, enumerateCollection: true);
        }
    }

    // A universal file of macOS has a program for each architecture.
    private IReadOnlyList<object> Measure(string path)
    {
        IReadOnlyList<MeasuredBinary> programs = MeasuredBinary.ReadAll(path, EstimateUpx, StopToken);
        if (HtmlPath is not null)
        {
            Save(programs, PageOf(path, HtmlPath));
        }

        return [.. programs.SelectMany(Told)];
    }

    private void Save(IReadOnlyList<MeasuredBinary> programs, string page)
    {
        if (!ShouldProcess(page, "Write a page of HTML"))
        {
            return;
        }

        if (!_pages.Add(page))
        {
            // With -Force the second would replace the first one unseen.
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.InvalidArgument, nameof(Messages.PageDestinationTaken), null, programs[0].Path, page);
        }

        SizePage.Save(programs, page, Force, StopToken);
    }

    private IReadOnlyList<object> Told(MeasuredBinary binary)
    {
        if (MaximumGrowth is { } limit)
        {
            return [SizeGrowth.Test(_reference!, binary, limit, StopToken)];
        }

        if (_reference is not null)
        {
            return First(SizeGrowth.Compare(_reference, binary, By ?? SizeDimension.Package, StopToken));
        }

        return By is { } by ? First(binary.Shares(by, StopToken)) : [binary.Report()];
    }

    private string PageOf(string path, string htmlPath)
    {
        string full = SessionPaths.Resolve(this, htmlPath);
        return System.IO.Path.EndsInDirectorySeparator(htmlPath) || Directory.Exists(full)
            ? System.IO.Path.Combine(full, System.IO.Path.GetFileName(path) + ".html")
            : full;
    }

    private IReadOnlyList<SizeShare> First(IReadOnlyList<SizeShare> shares) => Top is { } top ? [.. shares.Take(top)] : shares;
}
