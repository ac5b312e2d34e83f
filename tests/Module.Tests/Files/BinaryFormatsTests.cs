using GoCross.Files;

namespace GoCross.Tests.Files;

public sealed class BinaryFormatsTests
{
    [Theory]
    [InlineData("7F454C460201", BinaryFormat.Elf)]
    [InlineData("4D5A", BinaryFormat.Pe)]
    [InlineData("FEEDFACE00000012", BinaryFormat.MachO)]
    [InlineData("FEEDFACF00000012", BinaryFormat.MachO)]
    [InlineData("CEFAEDFE07000000", BinaryFormat.MachO)]
    [InlineData("CFFAEDFE0C000001", BinaryFormat.MachO)]
    [InlineData("CAFEBABE00000002", BinaryFormat.MachOUniversal)]
    [InlineData("CAFEBABF00000002", BinaryFormat.MachOUniversal)]
    [InlineData("0061736D01000000", BinaryFormat.WebAssembly)]
    [InlineData("23212F62696E2F7368", BinaryFormat.Script)]
    [InlineData("213C617263683E0A", BinaryFormat.Archive)]
    [InlineData("213C7468696E3E0A", BinaryFormat.Archive)]
    [InlineData("", BinaryFormat.Unknown)]
    [InlineData("7F454C", BinaryFormat.Unknown)]
    [InlineData("FEEDFACF", BinaryFormat.Unknown)]
    [InlineData("CAFEBABE0000003D", BinaryFormat.Unknown)] // a class of Java 17
    [InlineData("504B0304", BinaryFormat.Unknown)]
    public void The_first_bytes_tell_the_format(string head, BinaryFormat format)
    {
        Assert.Equal(format, BinaryFormats.Detect(new BytesSource(Convert.FromHexString(head))));
    }
}
