using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>What a sample may use of the host.</summary>
public sealed class SampleHost
{
    private readonly ModuleHost _host;

    internal SampleHost(ModuleHost host) => _host = host;

    /// <summary>The folder that relative paths start at. It is empty, and goes away afterwards.</summary>
    public string Location => _host.Location;

    /// <summary>Runs a script and gives its objects. Errors that do not end it are no matter here: a failed build has one.</summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">What it finds in $args.</param>
    public IReadOnlyList<PSObject> Run(string script, params object?[] arguments)
    {
        HostedResult result = _host.Invoke(script, arguments);
        Assert.Null(result.Terminating);
        return result.Output;
    }
}
