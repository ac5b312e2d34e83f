using System.Management.Automation;
using GoCross.Builds;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Foundation;
using GoCross.Targets;

namespace GoCross.Cmdlets.Commands;

/// <summary>Lists what the Go toolchain makes programs for, and what this machine can link and run of it.</summary>
[Cmdlet(VerbsCommon.Get, "GoTarget")]
[OutputType(typeof(TargetSupport))]
public sealed class GetGoTargetCommand : GoCrossCmdlet
{
    private GoToolchain? _toolchain;

    /// <summary>The targets: os/arch, os/arch/variant, or a pattern. All if not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Target { get; set; } = ["*/*"];

    /// <summary>The go command, its folder, or a GOROOT.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GoPath { get; set; }

    /// <summary>Asks the toolchain.</summary>
    protected override void BeginProcessing()
    {
        string? go = RunOrEnd(GoPath, () => GoPaths.Resolve(this, GoPath));
        string location = SessionPaths.Location(this);
        _toolchain = RunOrEnd(
            GoPath, "Asking the Go toolchain", (_, cancellation) => GoToolchain.FindAsync(go, location, cancellation));
    }

    /// <summary>Looks at the targets of one record. A wrong one is an error of its own.</summary>
    protected override void ProcessRecord()
    {
        foreach (string text in Target)
        {
            if (TryRun(text, () => BuildTargets.Parse([text], _toolchain!.Targets), out IReadOnlyList<BuildTarget>? targets))
            {
                foreach (BuildTarget target in targets)
                {
                    WriteObject(TargetInspector.Inspect(_toolchain!, target));
                }
            }
        }
    }
}
