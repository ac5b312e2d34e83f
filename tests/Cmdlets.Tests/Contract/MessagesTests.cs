using System.Text.RegularExpressions;
using System.Xml.Linq;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>The texts of the errors come in pairs: NAME, what is wrong, and NAMEFix, what to do about it.</summary>
public sealed partial class MessagesTests
{
    private const string Fix = "Fix";

    public static TheoryData<string> Resources { get; } =
        ["src/Module/Engine/Errors/Messages.resx", "src/Cmdlets/Errors/Messages.resx"];

    [Theory]
    [MemberData(nameof(Resources))]
    public void Every_error_has_a_fix_and_every_fix_an_error(string resource)
    {
        HashSet<string> names = [.. Read(resource).Select(text => text.Name)];
        HashSet<string> errors = [.. Sources(Path.Combine(Checkout.Root, "src")).SelectMany(source => ErrorId().Matches(source)).Select(match => match.Groups[1].Value)];

        Assert.All(errors.Where(names.Contains), error => Assert.Contains(error + Fix, names));
        Assert.All(
            names.Where(name => name.EndsWith(Fix, StringComparison.Ordinal)),
            fix => Assert.Contains(fix[..^Fix.Length], names));
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void No_text_is_empty_or_stands_twice(string resource)
    {
        (string Name, string Value)[] texts = [.. Read(resource)];

        Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text.Value), $"{text.Name} is empty."));
        Assert.Empty(texts.GroupBy(text => text.Name).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void Every_text_is_used(string resource)
    {
        // src/Module/... or src/Cmdlets/...: a text is used by the assemblies of its room.
        string folder = Path.Combine(Checkout.Root, Path.Combine(resource.Split('/')[..2]));
        HashSet<string> used = [.. Sources(folder).SelectMany(source => Use().Matches(source)).Select(match => match.Groups[1].Value)];

        Assert.Empty(Read(resource).Select(text => text.Name)
            .Where(name => !name.EndsWith(Fix, StringComparison.Ordinal)).Except(used));
    }

    [GeneratedRegex(@"\bMessages\.(\w+)")]
    private static partial Regex Use();

    // An error is made from a kind and a text's name; other texts, a verdict's reasons for example, have no fix.
    [GeneratedRegex(@"ErrorKind\.\w+,\s*nameof\(Messages\.(\w+)\)")]
    private static partial Regex ErrorId();

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Select(File.ReadAllText);

    private static IEnumerable<(string Name, string Value)> Read(string resource) =>
        XDocument.Load(Path.Combine(Checkout.Root, resource)).Root!.Elements("data")
            .Select(data => (data.Attribute("name")!.Value, data.Element("value")!.Value));
}
