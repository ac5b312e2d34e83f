using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

public sealed class WrapTests
{
    [Theory]
    [InlineData(null, 10, "")]
    [InlineData("one", 10, "one")]
    [InlineData("one two", 7, "one two")]
    [InlineData("one two", 6, "one\ntwo")]
    [InlineData("  one   two ", 7, "one two")]
    [InlineData("a longer-than-the-line b", 5, "a\nlonger-than-the-line\nb")]
    public void Lines_break_between_words(string? text, int columns, string expected)
    {
        using var host = new ModuleHost();

        Assert.Equal(expected, host.Invoke("[GoCross.Cmdlets.Views.View]::Wrap($args[0], $args[1])", [text, columns]).Single().BaseObject);
    }
}
