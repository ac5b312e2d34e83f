using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>Get-Help has something to say of every exported cmdlet, in every section.</summary>
public sealed class HelpTests : IDisposable
{
    private const int LeastExamples = 2;

    private readonly ExportedModule _exported = new();

    [Fact]
    public void Every_cmdlet_has_a_synopsis_and_a_description()
    {
        Assert.All(_exported.Cmdlets, cmdlet =>
        {
            PSObject help = HelpOf(cmdlet);

            // What PowerShell makes up for a cmdlet without help has the syntax for its synopsis.
            string synopsis = Text(help, "Synopsis");
            Assert.False(synopsis.Length == 0 || synopsis.StartsWith(cmdlet.Name, StringComparison.OrdinalIgnoreCase),
                $"{cmdlet.Name} has no synopsis.");
            Assert.False(Text(help, "description").Length == 0, $"{cmdlet.Name} has no description.");
        });
    }

    [Fact]
    public void Every_parameter_has_a_text_and_no_text_is_of_a_parameter_that_is_not_there()
    {
        Assert.All(_exported.Cmdlets, cmdlet =>
        {
            Dictionary<string, PSObject> described = Items(HelpOf(cmdlet), "parameters", "parameter")
                .ToDictionary(parameter => Text(parameter, "name"), StringComparer.OrdinalIgnoreCase);
            string[] own = [.. ExportedModule.OwnParameters(cmdlet).Select(parameter => parameter.Name)];

            Assert.All(own, name => Assert.True(
                described.TryGetValue(name, out PSObject? text) && Text(text, "description").Length > 0,
                $"{cmdlet.Name} -{name} has no help."));
            Assert.All(described.Keys, name => Assert.True(
                cmdlet.Parameters.ContainsKey(name), $"The help of {cmdlet.Name} has a parameter -{name} that is not there."));
        });
    }

    [Fact]
    public void Every_cmdlet_has_two_examples_that_parse_and_are_explained()
    {
        Assert.All(_exported.Cmdlets, cmdlet =>
        {
            PSObject[] examples = Items(HelpOf(cmdlet), "examples", "example");
            Assert.True(examples.Length >= LeastExamples, $"{cmdlet.Name} has {examples.Length} examples.");
            Assert.All(examples, example =>
            {
                string code = Text(example, "code");
                Assert.False(code.Length == 0, $"{cmdlet.Name}: {Text(example, "title")} has no code.");
                Assert.False(Text(example, "remarks").Length == 0, $"{cmdlet.Name}: \"{code}\" is not explained.");
                Ast script = Parser.ParseInput(code, out _, out ParseError[] errors);
                Assert.True(errors.Length == 0, $"{cmdlet.Name}: \"{code}\" does not parse.");
                Assert.Empty(CommandCalls.Problems(script, _exported.Module));
            });
            Assert.Contains(examples, example =>
                Text(example, "code").Contains(cmdlet.Name, StringComparison.OrdinalIgnoreCase));
        });
    }

    [Fact]
    public void Every_cmdlet_says_what_it_takes_and_what_it_gives()
    {
        Assert.All(_exported.Cmdlets, cmdlet =>
        {
            PSObject help = HelpOf(cmdlet);
            Assert.True(Items(help, "inputTypes", "inputType").Length > 0, $"{cmdlet.Name} has no inputs.");

            string outputs = string.Join(
                "\n", Items(help, "returnValues", "returnValue").Select(value => Text(value, "type")));
            Assert.All(cmdlet.OutputType, type => Assert.Contains(
                type.Name[(type.Name.LastIndexOf('.') + 1)..], outputs, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_about_topic_is_found()
    {
        string text = _exported.Host.Invoke("Get-Help about_GoCross").Single().ToString();

        Assert.Contains("GoCross", text, StringComparison.Ordinal);
    }

    public void Dispose() => _exported.Dispose();

    private PSObject HelpOf(CmdletInfo cmdlet) =>
        _exported.Host.Invoke("Get-Help -Name $args[0] -Full", ["GoCross\\" + cmdlet.Name]).Single();

    private static PSObject[] Items(PSObject help, string list, string item)
    {
        object? found = Property(Property(help, list), item);
        return found switch
        {
            null => [],
            PSObject { BaseObject: Array many } => [.. many.Cast<object>().Select(PSObject.AsPSObject)],
            Array many => [.. many.Cast<object>().Select(PSObject.AsPSObject)],
            _ => [PSObject.AsPSObject(found)],
        };
    }

    // A text of MAML is a string, or paragraphs that have a Text each.
    private static string Text(PSObject help, string name) => Flatten(Property(help, name)).Trim();

    private static string Flatten(object? value)
    {
        switch (value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value)
        {
            case null:
                return string.Empty;
            case string text:
                return text;
            case Array many:
                return string.Join("\n", many.Cast<object>().Select(Flatten));
            case PSObject { BaseObject: PSCustomObject } node:
                object? inner = Property(node, "Text") ?? Property(node, "name");
                return inner is null ? string.Empty : Flatten(inner);
            case { } other:
                return other.ToString()!;
        }
    }

    private static object? Property(object? from, string name) =>
        from is null ? null : PSObject.AsPSObject(from).Properties[name]?.Value;
}
