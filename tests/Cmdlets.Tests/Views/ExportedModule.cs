using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>What the manifest says, and what the module is once imported.</summary>
internal sealed class ExportedModule : IDisposable
{
    private static readonly Hashtable Manifest = ReadManifest();

    private readonly ModuleHost _host = new();

    internal ExportedModule() => Cmdlets = [.. ((PSModuleInfo)_host.Invoke("Get-Module GoCross").Single().BaseObject).ExportedCmdlets.Values];

    /// <summary>The exported cmdlets.</summary>
    internal IReadOnlyList<CmdletInfo> Cmdlets { get; }

    /// <summary>The list that an entry of the manifest holds.</summary>
    internal static string[] ManifestList(string name) => Manifest[name] switch
    {
        null => [],
        string one => [one],
        IEnumerable many => [.. many.Cast<object>().Select(item => item.ToString()!)],
        { } other => [other.ToString()!],
    };

    public void Dispose() => _host.Dispose();

    private static Hashtable ReadManifest()
    {
        Ast file = Parser.ParseFile(Checkout.Manifest, out _, out ParseError[] errors);
        Assert.Empty(errors);
        return (Hashtable)file.Find(node => node is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue();
    }
}
