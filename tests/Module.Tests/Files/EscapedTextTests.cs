using System.Globalization;
using GoCross.Formatting;

namespace GoCross.Tests.Files;

/// <summary>What strangers write, as it is shown; and names that are not UTF-8, as text and back.</summary>
public sealed class EscapedTextTests
{
    [Theory]
    [InlineData("etc/passwd", "etc/passwd")]
    [InlineData("naïve café 文字 😀", "naïve café 文字 😀")]
    [InlineData("a\u001b[2K\u001b[1Gb", @"a\x1b[2K\x1b[1Gb")]
    [InlineData("a\u001b]0;title\u0007b", @"a\x1b]0;title\x07b")]
    [InlineData("one\ntwo\r\n\tthree", @"one\ntwo\r\n\tthree")]
    [InlineData("\0\u007f\u0085\u009b31m", @"\x00\x7f\u0085\u009b31m")]
    [InlineData("gpj.\u202eexe", @"gpj.\u202eexe")]
    [InlineData("a\u2028b\u2069c", @"a\u2028b\u2069c")]
    [InlineData(@"C:\x1b", @"C:\x1b")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void What_a_terminal_would_obey_is_written_as_an_escape(string? text, string shown) =>
        Assert.Equal(shown, EscapedText.Of(text));

    [Fact]
    public void Halves_of_characters_are_bytes_that_are_not_UTF8_or_nothing()
    {
        // xunit hands no such text to a theory as it is.
        Assert.Equal(@"a\xff", EscapedText.Of("a\udcff"));
        Assert.Equal(@"a\ud83d", EscapedText.Of("a\ud83d"));
    }

    [Fact]
    public void Text_of_several_lines_keeps_its_lines_and_tabs_and_nothing_else() =>
        Assert.Equal("a\n\tb\r\nc\\rd\\x1b[0m", EscapedText.OfLines("a\n\tb\r\nc\rd\u001b[0m"));

    [Fact]
    public void Names_that_are_not_UTF8_stay_two_and_come_back()
    {
        byte[][] names =
        [
            [.. "a"u8, 0xFF], [.. "a"u8, 0xFE], [.. "a\uFFFD"u8], [0xC3], [0xC3, 0xA9], [0xE2, 0x82], [0xE2, 0x82, 0xAC],

            // A surrogate in UTF-8, which is none: three bytes, each of its own.
            [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [.. "plain"u8], [],
        ];
        string[] texts = [.. names.Select(name => ByteText.Decode(name))];

        Assert.Equal(names.Length, texts.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(names, texts.Select(ByteText.Encode));
        Assert.Equal("é", texts[4]);
    }

    [ToolFact("python3")]
    public void Text_is_decoded_as_Python_does()
    {
        // PEP 383: bytes.decode('utf-8', 'surrogateescape'), printed as UTF-16.
        const string Bytes = "61ff62c3a9c361e282ace282f09f9880f09f98eda080";
        string expected = Programs.Output("python3",
            ["-c", $"import sys; sys.stdout.write(bytes.fromhex('{Bytes}').decode('utf-8', 'surrogateescape').encode('utf-16-be', 'surrogatepass').hex())"]).Trim();

        string text = ByteText.Decode(Convert.FromHexString(Bytes));

        Assert.Equal(expected, string.Concat(text.Select(unit => ((int)unit).ToString("x4", CultureInfo.InvariantCulture))));
    }
}
