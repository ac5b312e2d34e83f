using System.Management.Automation.Language;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>The scripts of the checkout, which only a pwsh runs, are at least what PowerShell can read.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly ExportedModule _exported = new();

    [Fact]
    public void Every_script_parses()
    {
        Assert.All(Scripts(), script =>
        {
            Parser.ParseFile(script, out _, out ParseError[] errors);
            Assert.True(errors.Length == 0, $"{script}: {string.Join("; ", errors.Select(error => error.ToString()))}");
        });
    }

    [Fact]
    public void Every_call_of_a_cmdlet_of_ours_names_parameters_that_it_has()
    {
        Assert.All(Scripts(), script =>
            Assert.Empty(CommandCalls.Problems(Parser.ParseFile(script, out _, out _), _exported.Module)));
    }

    public void Dispose() => _exported.Dispose();

    private static IEnumerable<string> Scripts() =>
    [
        .. Find("tests", "*.ps1"),
        .. Find("examples", "*.ps1"),
        .. Find(".", "build.ps1"),
    ];

    private static string[] Find(string folder, string pattern)
    {
        string path = Path.Combine(Checkout.Root, folder);
        return Directory.Exists(path) ? Directory.GetFiles(path, pattern) : [];
    }
}
