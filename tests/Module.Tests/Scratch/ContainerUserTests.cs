using GoCross.Errors;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

public sealed class ContainerUserTests
{
    [Theory]
    [InlineData("65532", "65532:65532")]
    [InlineData("1001:0", "1001:0")]
    [InlineData("0", "0:0")]
    [InlineData("2097151:2097151", "2097151:2097151")]
    public void Numbers_are_read(string text, string expected) => Assert.Equal(expected, ContainerUser.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("nonroot")]
    [InlineData("1:2:3")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("2097152")]
    [InlineData("1:staff")]
    public void All_else_is_refused(string text)
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => ContainerUser.Parse(text));

        Assert.Equal("ContainerUserInvalid", e.ErrorId);
        Assert.Contains("65532:65532", e.Fix, StringComparison.Ordinal);
    }
}
