using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Tests.Scratch;

public sealed class SourceDateTests
{
    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData("0", 0)]
    [InlineData("1700000000", 1_700_000_000)]
    [InlineData("8589934591", 8_589_934_591)]
    public void Seconds_are_read(string? text, long expected) =>
        Assert.Equal(expected, SourceDate.Parse(text).ToUnixTimeSeconds());

    [Theory]
    [InlineData("-1")]
    [InlineData("now")]
    [InlineData("1.5")]
    [InlineData("2023-11-14")]
    [InlineData("8589934592")]
    public void All_else_is_refused(string text) =>
        Assert.Equal("SourceDateInvalid", Assert.Throws<GoCrossException>(() => SourceDate.Parse(text)).ErrorId);
}
