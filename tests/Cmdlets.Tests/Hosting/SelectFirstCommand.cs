using System.Management.Automation;
using System.Reflection;

namespace GoCross.Cmdlets.Tests.Hosting;

/// <summary>
/// Select-Object -First. It ends what is upstream by the exception that the real one throws and that the engine does
/// not make public: no StopProcessing is called, which is what the tests are after.
/// </summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectFirstCommand : PSCmdlet
{
    private int _seen;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true)]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        _seen++;
        if (_seen == First)
        {
            throw StopUpstream();
        }
    }

    private Exception StopUpstream()
    {
        Type type = typeof(PSCmdlet).Assembly.GetType(
            "System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        return (Exception)Activator.CreateInstance(
            type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}
