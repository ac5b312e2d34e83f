using System.Management.Automation;
using GoCross.Binaries;
using GoCross.Cmdlets.Foundation;

namespace GoCross.Cmdlets.Commands;

/// <summary>Tells what differs between binaries: libraries, loader, symbols, sections, modules, settings, sizes.</summary>
[Cmdlet(VerbsData.Compare, "ElfDependency", DefaultParameterSetName = PathSet)]
[OutputType(typeof(ElfChange))]
public sealed class CompareElfDependencyCommand : FileCmdlet
{
    private IReadOnlyCollection<ElfChangeCategory>? _categories;
    private BinaryContent? _reference;

    /// <summary>The binary to compare with; a pattern has to match one file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [PathOfObject]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string ReferencePath { get; set; } = string.Empty;

    /// <summary>The binaries that are compared with it, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = PathSet,
        ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [PathOfObject]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [SupportsWildcards]
    public string?[]? DifferencePath { get; set; }

    /// <summary>The binaries that are compared with it, each name taken as it stands.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Compares these categories alone, and lists each whole.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public ElfChangeCategory[]? Category { get; set; }

    /// <summary>Lists every category whole: symbols, versions and sections, too.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <summary>Emits what is the same, too.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _categories = Detailed ? BinaryComparer.AllCategories : Category;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Once for all that come down the pipeline. Without it there is nothing to compare with.
        _reference ??= ReadReferenceOrEnd();
        if (ParameterSetName == LiteralPathSet)
        {
            ForEachName(LiteralPath, Compare);
        }
        else
        {
            ForEachMatch(DifferencePath, Compare);
        }
    }

    private BinaryContent ReadReferenceOrEnd()
    {
        BinaryContent reference = RunOrEnd(
            ReferencePath, () => BinaryContent.Read(SessionPaths.ExpandToOne(this, ReferencePath), StopToken));
        WriteWarnings(reference.Warnings);
        return reference;
    }

    private void Compare(string fullPath)
    {
        if (TryRun(fullPath, () => BinaryContent.Read(fullPath, StopToken), out BinaryContent? difference)
            && TryRun(fullPath, () => BinaryComparer.Compare(_reference!, difference, _categories, IncludeEqual), out IReadOnlyList<ElfChange>? changes))
        {
            WriteWarnings(difference.Warnings);
            WriteObject(changes, enumerateCollection: true);
        }
    }
}
