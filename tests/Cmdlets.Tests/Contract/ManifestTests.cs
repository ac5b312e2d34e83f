using System.Management.Automation;
using System.Reflection;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>The manifest says what the assembly holds, no more and no less.</summary>
public sealed class ManifestTests : IDisposable
{
    private static readonly string[] ApprovedVerbs =
    [
        .. new[]
        {
            typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic),
            typeof(VerbsLifecycle), typeof(VerbsOther), typeof(VerbsSecurity),
        }.SelectMany(group => group.GetFields()).Select(field => (string)field.GetRawConstantValue()!),
    ];

    private readonly ExportedModule _exported = new();

    [Fact]
    public void Test_ModuleManifest_passes()
    {
        HostedResult result = _exported.Host.Invoke("Test-ModuleManifest -Path $args[0]", [Checkout.Manifest]);

        var module = (PSModuleInfo)result.Single().BaseObject;
        Assert.Empty(result.Warnings);
        Assert.Equal("GoCross", module.Name);
    }

    [Fact]
    public void Exports_are_explicit()
    {
        // A missing entry exports everything, and a wildcard makes PowerShell load the module to complete a name.
        foreach (string entry in new[] { "CmdletsToExport", "FunctionsToExport", "VariablesToExport", "AliasesToExport" })
        {
            Assert.True(ExportedModule.Manifest.ContainsKey(entry), $"The manifest has no {entry}.");
            Assert.DoesNotContain(ExportedModule.ManifestList(entry), WildcardPattern.ContainsWildcardCharacters);
        }
    }

    [Fact]
    public void Every_cmdlet_of_the_assembly_is_exported_and_every_export_exists()
    {
        IEnumerable<string> classes = CmdletClasses().Select(NameOf);

        Assert.Equal(classes.Order(), ExportedModule.ManifestList("CmdletsToExport").Order());
        Assert.Equal(classes.Order(), _exported.Cmdlets.Select(cmdlet => cmdlet.Name).Order());
    }

    [Fact]
    public void Every_cmdlet_is_a_public_sealed_class_with_an_approved_verb()
    {
        Assert.All(CmdletClasses(), type =>
        {
            Assert.True(type.IsPublic && type.IsSealed, $"{type} is not public and sealed.");
            Assert.Contains(type.GetCustomAttribute<CmdletAttribute>()!.VerbName, ApprovedVerbs);
        });
    }

    [Fact]
    public void Every_cmdlet_has_a_file_of_its_own()
    {
        string[] sources = Directory.GetFiles(Path.Combine(Checkout.Root, "src", "Cmdlets"), "*.cs", SearchOption.AllDirectories);
        Assert.All(CmdletClasses(), type =>
        {
            string file = Assert.Single(sources, source => Path.GetFileName(source) == type.Name + ".cs");
            Assert.Single(File.ReadLines(file), line => line.TrimStart().StartsWith("[Cmdlet(", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Every_cmdlet_says_what_it_emits() =>
        Assert.All(_exported.Cmdlets, cmdlet => Assert.True(cmdlet.OutputType.Count > 0, $"{cmdlet.Name} has no OutputType."));

    [Fact]
    public void Every_file_that_the_manifest_names_is_there()
    {
        string[] files =
        [
            .. ExportedModule.ManifestList("FormatsToProcess"),
            .. ExportedModule.ManifestList("TypesToProcess"),
        ];
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(Checkout.Root, file)), $"There is no {file}."));

        // And no view is left out.
        string formats = Path.Combine(Checkout.Root, "formats");
        Assert.Equal(
            Directory.GetFiles(formats).Select(path => "formats/" + Path.GetFileName(path)).Order(StringComparer.Ordinal),
            files.Order(StringComparer.Ordinal));
    }

    public void Dispose() => _exported.Dispose();

    private static string NameOf(Type type)
    {
        CmdletAttribute cmdlet = type.GetCustomAttribute<CmdletAttribute>()!;
        return $"{cmdlet.VerbName}-{cmdlet.NounName}";
    }

    private IEnumerable<Type> CmdletClasses() => _exported.Module.ImplementingAssembly.GetTypes()
        .Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null);
}
