using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>What the manifest says, and what the module is once imported: the source of the contract's tests.</summary>
internal sealed class ExportedModule : IDisposable
{
    internal ExportedModule()
    {
        Host = new ModuleHost();
        Module = (PSModuleInfo)Host.Invoke("Get-Module GoCross").Single().BaseObject;
    }

    internal ModuleHost Host { get; }

    internal PSModuleInfo Module { get; }

    /// <summary>The manifest as data, wildcards unexpanded.</summary>
    internal static Hashtable Manifest { get; } = ReadManifest();

    /// <summary>The exported cmdlets.</summary>
    internal IEnumerable<CmdletInfo> Cmdlets => Module.ExportedCmdlets.Values;

    /// <summary>A cmdlet's own parameters: without those that PowerShell gives to each.</summary>
    internal static IEnumerable<ParameterMetadata> OwnParameters(CmdletInfo cmdlet) => cmdlet.Parameters.Values.Where(
        parameter => !Cmdlet.CommonParameters.Contains(parameter.Name)
            && !Cmdlet.OptionalCommonParameters.Contains(parameter.Name));

    /// <summary>The list that an entry of the manifest holds.</summary>
    internal static string[] ManifestList(string name) => Manifest[name] switch
    {
        null => [],
        string one => [one],
        IEnumerable many => [.. many.Cast<object>().Select(item => item.ToString()!)],
        { } other => [other.ToString()!],
    };

    public void Dispose() => Host.Dispose();

    private static Hashtable ReadManifest()
    {
        Ast file = Parser.ParseFile(Checkout.Manifest, out _, out ParseError[] errors);
        Assert.Empty(errors);
        return (Hashtable)file.Find(node => node is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue();
    }
}
