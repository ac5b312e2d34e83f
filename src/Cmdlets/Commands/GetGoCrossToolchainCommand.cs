using System.Management.Automation;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Toolchains;

namespace GoCross.Cmdlets.Commands;

/// <summary>Says which tools are there, in which version, and how the others are installed.</summary>
[Cmdlet(VerbsCommon.Get, "GoCrossToolchain")]
[OutputType(typeof(Toolchain))]
public sealed class GetGoCrossToolchainCommand : GoCrossCmdlet
{
    /// <summary>How many tools are asked at once: they wait for the disk more than they work.</summary>
    private const int AtOnce = 8;

    private ToolProbe? _probe;

    /// <summary>The tools, with wildcards. All if not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ToolCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only tools that are not there.</summary>
    [Parameter]
    public SwitchParameter Missing { get; set; }

    /// <summary>The go command, its folder, or a GOROOT.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GoPath { get; set; }

    /// <summary>Finds Go, which is looked for in more places than PATH.</summary>
    protected override void BeginProcessing() =>
        _probe = RunOrEnd(GoPath, () => new ToolProbe(GoPaths.Resolve(this, GoPath)));

    /// <summary>Looks for the tools and asks those that are there.</summary>
    protected override void ProcessRecord()
    {
        string[] names = [.. Name.SelectMany(Matches).Distinct()];
        PipelinePump.ForEachInOrder(
            this,
            "Looking for tools",
            _ => names,
            name => name,
            AtOnce,
            Find,
            StopToken);
    }

    private IEnumerable<string> Matches(string text)
    {
        var pattern = new WildcardPattern(text, WildcardOptions.IgnoreCase);
        string[] matches = [.. ToolProbe.Names.Where(pattern.IsMatch)];
        if (matches.Length == 0)
        {
            WriteError(ErrorRecords.Create(ErrorKind.NotFound, nameof(Messages.ToolUnknown), text, text));
        }

        return matches;
    }

    private IReadOnlyList<object> Find(string name, CancellationToken cancellation)
    {
        Toolchain tool = _probe!.FindAsync(name, cancellation).GetAwaiter().GetResult();
        return Missing && tool.Found ? [] : [tool];
    }
}
