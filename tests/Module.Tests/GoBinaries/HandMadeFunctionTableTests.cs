using System.Text;
using GoCross.Errors;
using GoCross.GoBinaries;

namespace GoCross.Tests.GoBinaries;

/// <summary>
/// Tables of all layouts, made by hand after golang.org/s/go12symtab and Go's debug/gosym: two functions, main.a with 16
/// bytes and main.b with 32.
/// </summary>
public sealed class HandMadeFunctionTableTests
{
    private const ulong Address = 0x50_0000;
    private const ulong Code = 0x40_1000;

    public static TheoryData<uint, bool, bool> Layouts
    {
        get
        {
            var data = new TheoryData<uint, bool, bool>();
            foreach (uint magic in new[] { 0xFFFFFFFBu, 0xFFFFFFFA, 0xFFFFFFF0, 0xFFFFFFF1 })
            {
                foreach (bool wide in new[] { false, true })
                {
                    data.Add(magic, wide, false);
                    data.Add(magic, wide, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Both_functions_are_found(uint magic, bool wide, bool big)
    {
        GoFunctionTable table = Open(wide, big, Table(magic, wide, big))!;

        Assert.Equal(wide ? 8 : 4, table.PointerSize);
        Assert.Equal([new GoFunction("main.a", 0, 16), new GoFunction("main.b", 16, 32)], table.EnumerateFunctions());
        Assert.Equal(["main.a", "main.b"], table.EnumerateNames());
    }

    [Theory]
    [InlineData(0xFFFFFFFBu, GoFunctionTableVersion.Go12)]
    [InlineData(0xFFFFFFFAu, GoFunctionTableVersion.Go116)]
    [InlineData(0xFFFFFFF0u, GoFunctionTableVersion.Go118)]
    [InlineData(0xFFFFFFF1u, GoFunctionTableVersion.Go120)]
    public void The_magic_tells_the_layout(uint magic, GoFunctionTableVersion version)
    {
        Assert.Equal(version, Open(true, false, Table(magic, true, false))!.Version);
    }

    [Fact]
    public void A_magic_in_front_that_begins_no_table_is_passed_over()
    {
        byte[] table = [.. new byte[] { 0xF1, 0xFF, 0xFF, 0xFF, 0, 0, 1, 8 }, .. new byte[56], .. Table(0xFFFFFFF1, true, false)];

        Assert.Equal(2, Open(true, false, table)!.EnumerateFunctions().Count());
    }

    [Fact]
    public void A_name_that_many_functions_share_does_not_multiply()
    {
        // 20,000 functions, all of one name of 60,000 letters: more than a gigabyte of text from half a megabyte.
        const int Count = 20_000;
        static byte[] N(int size, ulong value) => HandMadeElf.Number(size, false, value);
        byte[] name = [.. Enumerable.Repeat((byte)'x', 60_000), 0];
        ulong rest = (ulong)(72 + name.Length);
        byte[] table =
        [
            .. N(4, 0xFFFFFFF1), 0, 0, 1, 8, .. N(8, Count), .. N(8, 0), .. N(8, 0),
            .. N(8, 72), .. N(8, rest), .. N(8, rest), .. N(8, rest), .. N(8, rest), .. name,
            .. Enumerable.Range(0, Count).SelectMany(i => (byte[])[.. N(4, (ulong)i), .. N(4, (Count * 8) + 4)]),
            .. N(4, Count), .. N(4, 0), .. N(4, 0),
        ];

        GoCrossException e = Assert.Throws<GoCrossException>(
            () => Open(true, false, table)!.EnumerateFunctions().Sum(f => (long)f.Name.Length));

        Assert.Equal("GoFunctionTableDamaged", e.ErrorId);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_function_without_a_name_is_no_harm(uint magic, bool wide, bool big)
    {
        byte[] table = Table(magic, wide, big);
        table[table.AsSpan().IndexOf("main.b"u8)] = 0;

        GoFunctionTable opened = Open(wide, big, table)!;
        Assert.Equal(["main.a", ""], opened.EnumerateFunctions().Select(f => f.Name));
        Assert.DoesNotContain("", opened.EnumerateNames());
        Assert.NotNull(GoRuntimeFactsReader.TryRead(new BytesSource(HandMadeElf.Build(wide, big, (1, 4, Address, table)))));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_table_cut_off_anywhere_is_none_or_an_error(uint magic, bool wide, bool big)
    {
        byte[] table = Table(magic, wide, big);
        for (int length = 0; length < table.Length; length++)
        {
            byte[] cut = table[..length];
            try
            {
                Assert.InRange(Open(wide, big, cut)?.EnumerateFunctions().Count() ?? 0, 0, 2);
            }
            catch (GoCrossException e)
            {
                Assert.Equal("GoFunctionTableDamaged", e.ErrorId);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Any_byte_changed_gives_functions_or_an_error(uint magic, bool wide, bool big)
    {
        byte[] table = Table(magic, wide, big);
        for (int at = 0; at < table.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                byte[] changed = [.. table];
                changed[at] = value;
                try
                {
                    GoFunctionTable? opened = Open(wide, big, changed);
                    Assert.InRange(opened?.EnumerateFunctions().Count() ?? 0, 0, 10);
                    Assert.InRange(opened?.EnumerateNames().Count() ?? 0, 0, 10);
                }
                catch (GoCrossException e)
                {
                    Assert.Equal("GoFunctionTableDamaged", e.ErrorId);
                }
            }
        }
    }

    private static GoFunctionTable? Open(bool wide, bool big, byte[] table) =>
        GoFunctionTable.TryOpen(new BytesSource(HandMadeElf.Build(wide, big, (1, 4, Address, table))));

    private static byte[] Table(uint magic, bool wide, bool big)
    {
        int word = wide ? 8 : 4;
        byte[] N(int size, ulong value) => HandMadeElf.Number(size, big, value);
        byte[] names = [.. Encoding.ASCII.GetBytes("main.a\0main.b\0"), 0, 0];
        bool short32 = magic is 0xFFFFFFF0 or 0xFFFFFFF1;
        int field = short32 ? 4 : word;
        ulong start = short32 ? 0 : Code;
        byte[] header = [.. N(4, magic), 0, 0, 1, (byte)word];
        int tableSize = (2 * 2 * field) + field;
        byte[] Entries(ulong records) =>
        [
            .. N(field, start), .. N(field, records), .. N(field, start + 16), .. N(field, records + (ulong)(field + 4)),
            .. N(field, start + 48),
        ];
        byte[] Records(uint firstName) => [.. N(field, start), .. N(4, firstName), .. N(field, start + 16), .. N(4, firstName + 7)];
        if (magic == 0xFFFFFFFB)
        {
            // Count, entries, offset of the files, records, names: all offsets count from the beginning.
            ulong records = (ulong)(8 + word + tableSize + 4);
            uint text = (uint)records + (uint)(2 * (field + 4));
            return [.. header, .. N(word, 2), .. Entries(records), .. N(4, 0), .. Records(text), .. names];
        }

        // Functions, files, the code's address, then the offsets of names, units, files, line tables, functions.
        ulong namesAt = (ulong)(8 + (word * (short32 ? 8 : 7)));
        ulong restAt = namesAt + (ulong)names.Length;
        return
        [
            .. header, .. N(word, 2), .. N(word, 0), .. short32 ? N(word, 0) : [],
            .. N(word, namesAt), .. N(word, restAt), .. N(word, restAt), .. N(word, restAt), .. N(word, restAt),
            .. names, .. Entries((ulong)tableSize), .. Records(0),
        ];
    }
}
