using System.Text;
using GoCross.Errors;
using GoCross.GoBinaries;

namespace GoCross.Tests.GoBinaries;

/// <summary>
/// The block of build information as debug/buildinfo documents it, made by hand: the layout before Go 1.18, which holds
/// addresses, and blocks that no linker writes.
/// </summary>
public sealed class OldBuildInfoTests
{
    private const uint Load = 1;
    private const uint Dynamic = 2;
    private const uint ReadExecute = 5;
    private const uint ReadWrite = 6;
    private const ulong Data = 0x40_0000;

    private const string Text = "path\texample.test/old\nmod\texample.test/old\tv1.0.0\th1:x=\nother\tword\ndep\ta\tv1\th1:a=\n=>\tb\tv2\th1:b=\n";

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Strings_are_followed_through_their_addresses(bool wide, bool big)
    {
        byte[] data = OldBlock(wide, big, "go1.17.3", Text, withPointers: true);

        GoBuildInfo info = Read(HandMadeElf.Build(wide, big, (Load, ReadWrite, Data, data)))!;

        Assert.Equal(("go1.17.3", "example.test/old"), (info.GoVersion, info.Path));
        Assert.Equal(new GoModule("example.test/old", "v1.0.0", "h1:x=", null), info.Main);
        Assert.Equal(new GoModule("a", "v1", "h1:a=", new GoModule("b", "v2", "h1:b=", null)), Assert.Single(info.Deps));
        Assert.Empty(info.Settings);
        Assert.Null(info.Vcs);
        Assert.Null(info.CgoEnabled);
    }

    [Fact]
    public void Addresses_that_only_relocations_hold_are_found_there()
    {
        // A position-independent program: each pointer is zero, and R_X86_64_RELATIVE (8) has it as its addend.
        byte[] data = OldBlock(wide: true, big: false, "go1.15.9", Text, withPointers: false);
        (ulong At, ulong To)[] pointers = [(16, 48), (24, 64), (48, 80), (64, 96)];
        byte[] table = [.. pointers.SelectMany(p => (byte[])
            [.. Word(Data + p.At), .. Word(8), .. Word(Data + p.To)])];
        byte[] dynamic = [.. Word(7), .. Word(0x1000), .. Word(8), .. Word((ulong)table.Length), .. Word(0), .. Word(0)];

        GoBuildInfo info = Read(HandMadeElf.Build(
            true, false, (Load, ReadWrite, Data, data), (Load, 4, 0x1000, table), (Dynamic, ReadWrite, 0, dynamic)))!;

        Assert.Equal(("go1.15.9", "example.test/old"), (info.GoVersion, info.Path));
    }

    [Fact]
    public void Every_writable_segment_is_searched()
    {
        // debug/buildinfo looks into the first one only. The block lies across the end of a read.
        byte[] block = [.. new byte[65_520], .. NewBlock("go1.23.5", "path\tp\n")];

        GoBuildInfo info = Read(HandMadeElf.Build(
            true, false, (Load, ReadExecute, 0x1000, [1]), (Load, ReadWrite, 0x20_0000, new byte[100]), (Load, ReadWrite, Data, block)))!;

        Assert.Equal(("go1.23.5", "p"), (info.GoVersion, info.Path));
    }

    [Fact]
    public void A_magic_in_front_that_begins_no_block_is_passed_over()
    {
        // Once not aligned, once with a length that leads nowhere, as cmd/go has the magic among its data.
        byte[] unaligned = [0, .. HandMadeElf.Magic(8, 2), .. new byte[31]];
        byte[] senseless = [.. HandMadeElf.Magic(8, 2), .. new byte[16], .. Enumerable.Repeat((byte)0xFF, 16)];

        GoBuildInfo info = Read(HandMadeElf.Build(
            true, false, (Load, ReadWrite, Data, [.. unaligned, .. senseless, .. NewBlock("go1.20", "")])))!;

        Assert.Equal("go1.20", info.GoVersion);
        Assert.Equal("", info.Path);
    }

    [Fact]
    public void A_block_without_a_version_is_none()
    {
        Assert.Null(Read(HandMadeElf.Build(true, false, (Load, ReadWrite, Data, NewBlock("", Text)))));
        Assert.Null(Read(HandMadeElf.Build(true, false, (Load, ReadExecute, Data, NewBlock("go1.20", Text)))));
    }

    [Fact]
    public void A_string_longer_than_the_file_is_an_error_that_says_so()
    {
        byte[] block = NewBlock("go1.23.5", Text);

        GoCrossException e = Assert.Throws<GoCrossException>(
            () => Read(HandMadeElf.Build(true, false, (Load, ReadWrite, Data, block[..^20]))));

        Assert.Equal((ErrorKind.InvalidData, "GoBuildInfoTruncated"), (e.Kind, e.ErrorId));
    }

    [Fact]
    public void A_string_over_the_limit_is_an_error_that_names_the_limit()
    {
        byte[] block = NewBlock(new string('x', 5000), Text);

        GoCrossException e = Assert.Throws<GoCrossException>(
            () => Read(HandMadeElf.Build(true, false, (Load, ReadWrite, Data, block))));

        Assert.Equal((ErrorKind.LimitExceeded, "GoBuildInfoTooLong"), (e.Kind, e.ErrorId));
        Assert.Contains("4096", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mod\tonly-a-path\n")]
    [InlineData("dep\ta\tb\tc\td\n")]
    [InlineData("=>\ta\tv1\th1:a=\n")]
    [InlineData("dep\ta\tv1\n=>\tb\tv2\n")]
    [InlineData("dep\ta\tv1\n=>\tb\tv2\th1:b=\n=>\tc\tv3\th1:c=\n")]
    [InlineData("build\tno-equals\n")]
    [InlineData("build\t=value\n")]
    [InlineData("build\tkey with space=value\n")]
    [InlineData("build\tkey=value with space\n")]
    [InlineData("build\tkey=\"open\n")]
    [InlineData("build\tkey=\"\\q\"\n")]
    [InlineData("build\tkey=\"a\"b\n")]
    [InlineData("build\t\"key\"\n")]
    public void A_line_that_go_refuses_is_an_error_that_shows_it(string line)
    {
        GoCrossException e = Assert.Throws<GoCrossException>(
            () => Read(HandMadeElf.Build(true, false, (Load, ReadWrite, Data, NewBlock("go1.23.5", "path\tp\n" + line)))));

        Assert.Equal("GoBuildInfoLineInvalid", e.ErrorId);
    }

    [Theory]
    [InlineData("k=v", "k", "v")]
    [InlineData("k=", "k", "")]
    [InlineData("k=a=b", "k", "a=b")]
    [InlineData("\"a key\"=\"a value\"", "a key", "a value")]
    [InlineData("`a\\key`=`a\\value`", "a\\key", "a\\value")]
    [InlineData("k=\"\\\"\\\\\\t\\x41\\102\\u00e4\\U0001F600\"", "k", "\"\\\tAB\u00e4\U0001F600")]
    public void Settings_are_unquoted_as_go_does(string line, string key, string value)
    {
        GoBuildInfo info = Read(HandMadeElf.Build(
            true, false, (Load, ReadWrite, Data, NewBlock("go1.23.5", $"build\t{line}\n"))))!;

        Assert.Equal(new GoBuildSetting(key, value), Assert.Single(info.Settings));
    }

    private static byte[] NewBlock(string version, string text) =>
    [
        .. HandMadeElf.Magic(8, 2), .. new byte[16],
        .. HandMadeElf.Counted(Encoding.UTF8.GetBytes(version)), .. HandMadeElf.Counted(HandMadeElf.Framed(text)),
    ];

    /// <summary>
    /// Block at 0 with the addresses of two string headers (address, length) at 48 and 64, whose bytes are at 80 and 96.
    /// </summary>
    private static byte[] OldBlock(bool wide, bool big, string version, string text, bool withPointers)
    {
        int word = wide ? 8 : 4;
        byte[] framed = HandMadeElf.Framed(text);
        byte[] data = new byte[96 + framed.Length];
        HandMadeElf.Magic(word, big ? 1 : 0).CopyTo(data, 0);
        Encoding.ASCII.GetBytes(version).CopyTo(data, 80);
        framed.CopyTo(data, 96);
        HandMadeElf.Number(word, big, (ulong)version.Length).CopyTo(data, 48 + word);
        HandMadeElf.Number(word, big, (ulong)framed.Length).CopyTo(data, 64 + word);
        if (withPointers)
        {
            HandMadeElf.Number(word, big, Data + 48).CopyTo(data, 16);
            HandMadeElf.Number(word, big, Data + 64).CopyTo(data, 16 + word);
            HandMadeElf.Number(word, big, Data + 80).CopyTo(data, 48);
            HandMadeElf.Number(word, big, Data + 96).CopyTo(data, 64);
        }

        return data;
    }

    private static byte[] Word(ulong value) => HandMadeElf.Number(8, big: false, value);

    private static GoBuildInfo? Read(byte[] file) => GoBuildInfoReader.TryRead(new BytesSource(file));
}
