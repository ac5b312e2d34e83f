using System.Globalization;
using System.Text.RegularExpressions;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Tests.GoBinaries;

namespace GoCross.Tests.Elf;

/// <summary>The symbols that files exchange are those that readelf lists from sections, and need no sections.</summary>
public sealed partial class SymbolTests
{
    [ToolFact("readelf")]
    public void Symbols_are_those_that_readelf_lists()
    {
        int compared = 0;
        int imports = 0;
        int exports = 0;
        foreach (string[] chunk in ElfSample.Files.Where(IsLinked).Chunk(50))
        {
            Dictionary<string, List<string>> expected = ReadelfSymbols(chunk);
            foreach (string path in chunk)
            {
                IReadOnlyList<ElfSymbol> symbols = ElfSymbolReader.Read(path);
                string[] actual = [.. symbols.Select(Line)];
                Assert.True(expected[path].SequenceEqual(actual), $"{path}: {expected[path].Except(actual).FirstOrDefault()} {actual.Except(expected[path]).FirstOrDefault()}");
                Assert.All(symbols, symbol => Assert.Equal(path, symbol.File));
                compared++;
                imports += symbols.Count(symbol => symbol.IsImport);
                exports += symbols.Count(symbol => !symbol.IsImport);
            }
        }

        Assert.True(compared > 50 && imports > 1000 && exports > 1000, $"{compared} files, {imports} imports, {exports} exports");
    }

    [Fact]
    public void Symbols_need_no_section_headers()
    {
        foreach (string path in ElfSample.Files.Where(path => IsLinked(path) && new FileInfo(path).Length < 2_000_000))
        {
            using var whole = RandomAccessFile.Open(path);
            using ElfFile file = ElfFile.Open(whole);
            using ElfFile bare = ElfFile.Open(new BytesSource(HandMadeElf.WithoutSections(File.ReadAllBytes(path))));

            Assert.Empty(bare.Sections);
            Assert.Equal(ElfSymbolReader.Read(file).Select(Line), ElfSymbolReader.Read(bare).Select(Line));
        }
    }

    /// <summary>
    /// Each kind of symbol in both widths and byte orders: an import with a version and its library, one without, an
    /// export of the default version and of an older one, and a local one, which nobody sees.
    /// </summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Symbols_are_read_in_every_width_and_byte_order(bool wide, bool big)
    {
        var b = new ElfBuilder(wide, big);
        byte[] Symbol(string name, byte info, byte other, ushort section, ulong value, ulong size) => wide
            ? [.. b.Number(4, b.String(name)), info, other, .. b.Number(2, section), .. b.Number(8, value), .. b.Number(8, size)]
            : [.. b.Number(4, b.String(name)), .. b.Number(4, value), .. b.Number(4, size), info, other, .. b.Number(2, section)];
        byte[] symbols =
        [
            .. new byte[wide ? 24 : 16],
            .. Symbol("hidden", 0x02, 0, 1, 0x10, 4),
            .. Symbol("getenv", 0x12, 0, 0, 0, 0),
            .. Symbol("__gmon_start__", 0x20, 0, 0, 0, 0),
            .. Symbol("answer", 0x12, 3, 1, 0x1000, 0x20),
            .. Symbol("answer", 0x12, 0, 1, 0x1040, 0x21),
            .. Symbol("state", 0xa6, 0, 2, 8, 16),
        ];
        b.Table(6, symbols);
        b.Table(4, [.. b.Number(4, 1), .. b.Number(4, 7), .. new byte[4 * 8]]);
        b.Table(0x6ffffff0, [.. new[] { 0, 0, 4, 0, 3, 0x8002, 1 }.SelectMany(index => b.Number(2, (ulong)index))]);
        byte[] Definition(int index, string name, bool last) =>
        [
            .. b.Number(2, 1), .. b.Number(2, 0), .. b.Number(2, (ulong)index), .. b.Number(2, 1), .. b.Number(4, 0),
            .. b.Number(4, 20), .. b.Number(4, last ? 0u : 28u), .. b.Number(4, b.String(name)), .. b.Number(4, 0),
        ];
        b.Table(0x6ffffffc, [.. Definition(2, "V1", last: false), .. Definition(3, "V2", last: true)]);
        b.Dynamic(0x6ffffffd, 2);
        b.Table(0x6ffffffe,
        [
            .. b.Number(2, 1), .. b.Number(2, 1), .. b.Number(4, b.String("libc.so.6")), .. b.Number(4, 16), .. b.Number(4, 0),
            .. b.Number(4, 0), .. b.Number(2, 0), .. b.Number(2, 4), .. b.Number(4, b.String("GLIBC_2.2.5")), .. b.Number(4, 0),
        ]);
        b.Dynamic(0x6fffffff, 1);

        using ElfFile file = ElfFile.Open(new BytesSource(b.Build()));
        IReadOnlyList<ElfSymbol> read = ElfSymbolReader.Read(file);

        Assert.Equal(
            ["getenv@GLIBC_2.2.5", "__gmon_start__", "answer@@V2", "answer@V1", "state"],
            read.Select(symbol => symbol.ToString()));
        Assert.Equal([true, true, false, false, false], read.Select(symbol => symbol.IsImport));
        Assert.Equal(["libc.so.6", null, null, null, null], read.Select(symbol => symbol.Library));
        Assert.Equal(
            [ElfSymbolBinding.Global, ElfSymbolBinding.Weak, ElfSymbolBinding.Global, ElfSymbolBinding.Global, ElfSymbolBinding.GnuUnique],
            read.Select(symbol => symbol.Binding));
        Assert.Equal(
            [ElfSymbolType.Function, ElfSymbolType.NoType, ElfSymbolType.Function, ElfSymbolType.Function, ElfSymbolType.ThreadLocal],
            read.Select(symbol => symbol.Type));
        Assert.Equal(ElfSymbolVisibility.Protected, read[2].Visibility);
        Assert.Equal([0UL, 0, 0x1000, 0x1040, 8], read.Select(symbol => symbol.Value));
        Assert.Equal([0UL, 0, 0x20, 0x21, 16], read.Select(symbol => symbol.Size));
    }

    [Fact]
    public void A_file_that_is_no_ELF_file_is_an_error()
    {
        using var folder = new TemporaryDirectory();
        string script = Path.Combine(folder.Path, "script");
        File.WriteAllText(script, "#!/bin/sh\n");

        Assert.Equal("NotElfScript", Assert.Throws<GoCrossException>(() => ElfSymbolReader.Read(script)).ErrorId);
        Assert.Equal("PathNotFound", Assert.Throws<GoCrossException>(() => ElfSymbolReader.Read(script + "x")).ErrorId);
    }

    private static bool IsLinked(string path) => ElfInspector.Inspect(path, ElfFacts.Linkage).Linkage
        is not (ElfLinkage.Relocatable or ElfLinkage.DebugInfo or ElfLinkage.Broken);

    // "type bind vis ndx value size name@version", where of ndx only UND matters. Of a version's own symbol, which has
    // its name, readelf leaves the version out.
    private static string Line(ElfSymbol symbol) => string.Create(
        CultureInfo.InvariantCulture,
        $"{TypeName(symbol.Type)} {BindingName(symbol.Binding)} {symbol.Visibility.ToString().ToUpperInvariant()} {symbol.IsImport} {symbol.Value:x} {symbol.Size} {(symbol.Name == symbol.Version ? symbol.Name : symbol.ToString())}");

    private static string TypeName(ElfSymbolType type) => type switch
    {
        ElfSymbolType.NoType => "NOTYPE",
        ElfSymbolType.Function => "FUNC",
        ElfSymbolType.ThreadLocal => "TLS",
        ElfSymbolType.IndirectFunction => "IFUNC",
        _ => type.ToString().ToUpperInvariant(),
    };

    private static string BindingName(ElfSymbolBinding binding) =>
        binding == ElfSymbolBinding.GnuUnique ? "UNIQUE" : binding.ToString().ToUpperInvariant();

    private static Dictionary<string, List<string>> ReadelfSymbols(string[] files)
    {
        var all = new Dictionary<string, List<string>>();
        List<string> current = [];

        // A single file gets no heading.
        foreach (string line in Programs.Run("readelf", ["--dyn-syms", "-W", "--", "/", .. files]).StandardOutput.Split('\n'))
        {
            if (line.StartsWith("File: ", StringComparison.Ordinal))
            {
                all[line[6..]] = current = [];
            }
            else if (SymbolPattern().Match(line) is { Success: true } match)
            {
                string size = match.Groups["size"].Value;
                ulong bytes = size.StartsWith("0x", StringComparison.Ordinal)
                    ? ulong.Parse(size.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    : ulong.Parse(size, CultureInfo.InvariantCulture);
                ulong value = ulong.Parse(match.Groups["value"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                current.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{match.Groups["type"].Value} {match.Groups["bind"].Value} {match.Groups["vis"].Value} {match.Groups["ndx"].Value == "UND"} {value:x} {bytes} {match.Groups["name"].Value}"));
            }
        }

        return all;
    }

    [GeneratedRegex(@"^ *\d+: (?<value>[0-9a-f]+) +(?<size>\S+) (?<type>\S+) +(?<bind>GLOBAL|WEAK|UNIQUE) +(?<vis>\S+)(?: \[.*?\])? +(?<ndx>\S+) (?<name>.+?)(?: \(\d+\))?$")]
    private static partial Regex SymbolPattern();
}
