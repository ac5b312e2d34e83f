using System.Xml.Linq;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>The texts of the errors come in pairs: NAME, what is wrong, and NAMEFix, what to do about it.</summary>
public sealed class MessagesTests
{
    private const string Fix = "Fix";

    public static TheoryData<string> Resources { get; } =
        ["src/Module/Engine/Errors/Messages.resx", "src/Cmdlets/Errors/Messages.resx"];

    [Theory]
    [MemberData(nameof(Resources))]
    public void Every_error_has_a_fix_and_every_fix_an_error(string resource)
    {
        HashSet<string> names = [.. Read(resource).Select(text => text.Name)];

        Assert.All(names, name => Assert.Contains(
            name.EndsWith(Fix, StringComparison.Ordinal) ? name[..^Fix.Length] : name + Fix, names));
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void No_text_is_empty_or_stands_twice(string resource)
    {
        (string Name, string Value)[] texts = [.. Read(resource)];

        Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text.Value), $"{text.Name} is empty."));
        Assert.Empty(texts.GroupBy(text => text.Name).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    private static IEnumerable<(string Name, string Value)> Read(string resource) =>
        XDocument.Load(Path.Combine(Checkout.Root, resource)).Root!.Elements("data")
            .Select(data => (data.Attribute("name")!.Value, data.Element("value")!.Value));
}
