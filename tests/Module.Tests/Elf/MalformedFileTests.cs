using System.Text;
using GoCross.Elf;
using GoCross.Errors;

namespace GoCross.Tests.Elf;

/// <summary>Files that no honest linker makes. Each ends in a named error, or in a report of what the kernel would see.</summary>
public sealed class MalformedFileTests
{
    private const uint Rela = 7;

    [Fact]
    public void A_program_header_table_before_the_beginning_is_named()
    {
        byte[] bytes = Program().Build();
        Patch(bytes, 32, new ElfBuilder().Number(8, unchecked((ulong)-16)));
        Assert.Equal("ElfTruncated", Fails(bytes).ErrorId);
    }

    [Fact]
    public void A_number_of_program_headers_that_is_too_big_for_the_header_is_found_in_the_first_section()
    {
        byte[] bytes = Program().Build();
        int count = bytes[56];
        byte[] section = new byte[64];
        section[44] = (byte)count;
        byte[] whole = [.. bytes, .. section];
        Patch(whole, 40, new ElfBuilder().Number(8, (ulong)bytes.Length));
        Patch(whole, 56, [0xff, 0xff]);
        using ElfFile file = ElfFile.Open(new BytesSource(whole));
        Assert.Equal(count, file.ProgramHeaders.Count);
    }

    [Fact]
    public void The_same_number_without_a_section_is_taken_at_its_word_and_does_not_fit()
    {
        byte[] bytes = Program().Build();
        Patch(bytes, 56, [0xff, 0xff]);
        GoCrossException error = Fails(bytes);
        Assert.Equal("ElfTruncated", error.ErrorId);
        Assert.Contains((65535 * 56).ToString(System.Globalization.CultureInfo.CurrentCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_program_headers_than_the_limit_are_refused_by_its_name()
    {
        byte[] bytes = Program().Build();
        byte[] section = new byte[64];
        Patch(section, 44, [0xff, 0xff, 0xff, 0xff]);
        byte[] whole = [.. bytes, .. section];
        Patch(whole, 40, new ElfBuilder().Number(8, (ulong)bytes.Length));
        Patch(whole, 56, [0xff, 0xff]);
        GoCrossException error = Fails(whole);
        Assert.Equal(("ElfLimit", ErrorKind.LimitExceeded), (error.ErrorId, error.Kind));
    }

    [Theory]
    [InlineData(4, "EI_CLASS")]
    [InlineData(5, "EI_DATA")]
    [InlineData(6, "EI_VERSION")]
    [InlineData(54, "e_phentsize")]
    public void A_field_that_cannot_be_is_named(int offset, string field)
    {
        byte[] bytes = Program().Build();
        bytes[offset] = 77;
        GoCrossException error = Fails(bytes);
        Assert.Equal("ElfFieldInvalid", error.ErrorId);
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.Contains("77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_length_of_a_cut_file_gives_a_report_or_a_named_error()
    {
        byte[] whole = Program().Build();
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            try
            {
                // Shorter than its one segment, it can be no more than broken.
                Assert.True(Inspect(cut) is null or { Linkage: ElfLinkage.Broken, RunsInScratch: Verdict.No });
            }
            catch (GoCrossException e)
            {
                Assert.Equal(ErrorKind.InvalidData, e.Kind);
            }
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Both_widths_in_both_byte_orders_read_the_same(bool wide, bool big)
    {
        ElfReport report = Report(Program(wide, big).Build());
        Assert.Equal(wide ? ElfClass.Elf64 : ElfClass.Elf32, report.Class);
        Assert.Equal(big ? ElfByteOrder.BigEndian : ElfByteOrder.LittleEndian, report.ByteOrder);
        Assert.Equal("/lib/ld-linux.so.2", report.Interpreter);
        Assert.Equal(["libc.so.6", "libm.so.6"], report.Needed);
        Assert.Equal("/opt/a:$ORIGIN/../lib", report.RunPath);
        Assert.Equal(new ElfVersionNeed("libc.so.6", "GLIBC_2.34", Weak: false, Index: 2), Assert.Single(report.VersionNeeds));
        Assert.Equal(new Version(2, 34), report.MinimumGlibc);
        Assert.Equal("0102030405060708", report.BuildId);
        Assert.Equal(ElfLinkage.Dynamic, report.Linkage);
        Assert.True(report.BindNow);
    }

    [Theory]
    [InlineData(3, true, true, "EM_386", null)]
    [InlineData(8, false, true, "EM_MIPS", "mips")]
    [InlineData(8, true, false, "EM_MIPS", "mips64le")]
    [InlineData(21, true, true, "EM_PPC64", "ppc64")]
    [InlineData(21, true, false, "EM_PPC64", "ppc64le")]
    [InlineData(22, true, true, "EM_S390", "s390x")]
    [InlineData(62, false, false, "EM_X86_64", null)]
    [InlineData(183, true, false, "EM_AARCH64", "arm64")]
    [InlineData(243, true, false, "EM_RISCV", "riscv64")]
    [InlineData(0xbeef, true, false, "EM_0xBEEF", null)]
    public void A_machine_has_the_names_of_the_format_and_of_Go(ushort machine, bool wide, bool big, string name, string? go)
    {
        ElfReport report = Report(new ElfBuilder(wide, big) { Machine = machine }.Build());
        Assert.Equal((name, go), (report.Machine, report.Architecture));
    }

    [Fact]
    public void Damaged_section_headers_do_not_hide_the_dynamic_section()
    {
        byte[] bytes = Program().Build();
        Patch(bytes, 40, new ElfBuilder().Number(8, (ulong)bytes.Length - 8));
        Patch(bytes, 60, [0xff, 0x7f, 9, 0]);
        ElfReport report = Report(bytes);
        Assert.Equal(["libc.so.6", "libm.so.6"], report.Needed);
        Assert.Equal((true, false), (report.Stripped, report.HasDwarf));
    }

    [Fact]
    public void Numbers_of_sections_that_are_too_big_for_the_header_are_found_in_the_first_section()
    {
        byte[] names = [0, .. ".symtab\0"u8];
        var b = new ElfBuilder();
        byte[] bytes = Program().Build();
        byte[] first = new byte[64];
        Patch(first, 32, b.Number(8, 3)); // sh_size: how many there are
        Patch(first, 40, b.Number(4, 1)); // sh_link: which one holds the names
        byte[] strings = new byte[64];
        Patch(strings, 4, b.Number(4, 3));
        Patch(strings, 24, b.Number(8, (ulong)bytes.Length + (3 * 64)));
        Patch(strings, 32, b.Number(8, (ulong)names.Length));
        byte[] symbols = new byte[64];
        Patch(symbols, 0, b.Number(4, 1));
        Patch(symbols, 4, b.Number(4, 2));
        byte[] whole = [.. bytes, .. first, .. strings, .. symbols, .. names];
        Patch(whole, 40, b.Number(8, (ulong)bytes.Length));
        Patch(whole, 60, [0, 0, 0xff, 0xff]);
        using ElfFile file = ElfFile.Open(new BytesSource(whole));
        Assert.Equal(3, file.Sections.Count);
        Assert.Equal(".symtab", file.Sections[2].Name);
        Assert.False(ElfInspector.Inspect(file, ElfFacts.All).Stripped);
    }

    [Fact]
    public void A_chain_of_versions_that_goes_in_a_circle_ends()
    {
        // vn_next cannot go back, but the same entry can be counted again and again by a step of one byte.
        var b = new ElfBuilder();
        byte[] table = new byte[64 * 1024];
        for (int i = 12; i + 4 < table.Length; i += 4)
        {
            Patch(table, i, b.Number(4, 1));
        }

        b.Dynamic(1, "libc.so.6").Dynamic(0x6fffffff, ulong.MaxValue).Table(0x6ffffffe, table);
        byte[] bytes = b.Build();
        Assert.True(Try(bytes) is null or { VersionNeeds.Count: <= 32_768 });
    }

    [Fact]
    public void A_string_table_that_does_not_end_is_named()
    {
        byte[] bytes = Program().Build();
        var needle = Encoding.ASCII.GetBytes("$ORIGIN/../lib\0");
        int at = bytes.AsSpan().IndexOf(needle);
        Patch(bytes, at + needle.Length - 1, [(byte)'x']);
        GoCrossException error = Fails(bytes);
        Assert.Equal("ElfFieldInvalid", error.ErrorId);
        Assert.Contains("DT_RUNPATH", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_outside_the_string_table_is_named_with_its_field()
    {
        GoCrossException error = Fails(new ElfBuilder().Dynamic(1, 0x1000).Build());
        Assert.Equal("ElfFieldInvalid", error.ErrorId);
        Assert.Contains("DT_NEEDED", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_at_an_address_that_no_segment_has_is_named_with_its_field()
    {
        GoCrossException error = Fails(
            new ElfBuilder().Dynamic(1, "a").Dynamic(0x6fffffff, 1).Dynamic(0x6ffffffe, 0xdead0000).Build());
        Assert.Equal("ElfAddressInvalid", error.ErrorId);
        Assert.Contains("DT_VERNEED", error.Message, StringComparison.Ordinal);
        Assert.Contains("0xdead0000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_overlap_to_more_text_than_the_file_could_hold_are_refused()
    {
        var b = new ElfBuilder();
        uint name = b.String(new string('n', 30_000));
        for (uint i = 0; i < 5_000; i++)
        {
            b.Dynamic(1, name + i);
        }

        Assert.Equal("ElfLimit", Fails(b.Build()).ErrorId);
    }

    [Fact]
    public void A_note_longer_than_its_segment_hides_none_before_it_and_harms_nothing()
    {
        var b = new ElfBuilder();
        byte[] good = b.NoteBytes("GNU", 3, [0xab, 0xcd, 0xef, 0x01]);
        byte[] bad = b.NoteBytes("GNU", 1, new byte[16]);
        Patch(bad, 4, [0xff, 0xff, 0xff, 0xff]);
        ElfReport report = Report(b.Segment(4, [.. good, .. bad]).Build());
        Assert.Equal("abcdef01", report.BuildId);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(4, 4)]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    [InlineData(4, ulong.MaxValue)]
    public void Notes_are_aligned_to_8_where_the_segment_says_so_and_to_4_whatever_else_it_says(int written, ulong said)
    {
        // A property note of 12 bytes ends between the two alignments; the build ID behind it is found or lost with it.
        var b = new ElfBuilder();
        byte[] property = b.NoteBytes("GNU", 5, new byte[12]);
        byte[] id = b.NoteBytes("GNU", 3, [0xab, 0xcd, 0xef, 0x01]);
        byte[] bytes = b.Segment(4, [.. property, .. new byte[-property.Length & (written - 1)], .. id]).Build();
        Patch(bytes, b.HeaderSize + b.ProgramHeaderSize + 48, b.Number(8, said)); // p_align of the second header

        Assert.Equal("abcdef01", Report(bytes).BuildId);
    }

    [Fact]
    public void A_compressed_section_that_claims_to_be_huge_costs_nothing()
    {
        // SHF_COMPRESSED, and in its Elf64_Chdr ch_size of 2^60.
        byte[] names = [0, .. ".debug_info\0"u8];
        var b = new ElfBuilder();
        byte[] bytes = Program().Build();
        byte[] content = [.. b.Number(4, 1), .. b.Number(4, 0), .. b.Number(8, 1UL << 60), .. b.Number(8, 1), 0x78, 0x9c];
        byte[] strings = new byte[64];
        Patch(strings, 4, b.Number(4, 3));
        Patch(strings, 24, b.Number(8, (ulong)bytes.Length + (3 * 64)));
        Patch(strings, 32, b.Number(8, (ulong)names.Length));
        byte[] debug = new byte[64];
        Patch(debug, 0, b.Number(4, 1));
        Patch(debug, 4, b.Number(4, 1));
        Patch(debug, 8, b.Number(8, 0x800));
        Patch(debug, 24, b.Number(8, (ulong)(bytes.Length + (3 * 64) + names.Length)));
        Patch(debug, 32, b.Number(8, (ulong)content.Length));
        byte[] whole = [.. bytes, .. new byte[64], .. strings, .. debug, .. names, .. content];
        Patch(whole, 40, b.Number(8, (ulong)bytes.Length));
        Patch(whole, 60, [3, 0, 1, 0]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(true, Report(whole).HasDwarf);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    [Fact]
    public void A_note_says_what_may_be_loaded_later()
    {
        byte[] json = Encoding.UTF8.GetBytes(
            """[{"feature":"zstd","description":"Compression","priority":"suggested","soname":["libzstd.so.1","libzstd.so.0"]},{"soname":["libx.so"]}]""" + "\0");
        ElfReport report = Report(new ElfBuilder().Note("FDO", 0x407c0c0a, json).Build());
        Assert.Collection(
            report.DlopenNeeds,
            need =>
            {
                Assert.Equal(["libzstd.so.1", "libzstd.so.0"], need.SoNames);
                Assert.Equal(("zstd", "Compression", "suggested"), (need.Feature, need.Description, need.Priority));
            },
            need => Assert.Equal(("libx.so", "recommended"), (Assert.Single(need.SoNames), need.Priority)));
    }

    [Theory]
    [InlineData("[{\"soname\":")]
    [InlineData("{}")]
    [InlineData("[1,null,{\"soname\":[1,null]},{\"soname\":\"x\"}]")]
    public void A_note_about_later_loads_that_is_not_what_it_should_be_harms_nothing(string json) =>
        Assert.All(
            Report(new ElfBuilder().Note("FDO", 0x407c0c0a, Encoding.UTF8.GetBytes(json)).Build()).DlopenNeeds,
            need => Assert.Empty(need.SoNames));

    [Fact]
    public void A_loader_path_without_an_end_is_one_that_the_kernel_refuses()
    {
        ElfReport report = Report(new ElfBuilder().Segment(3, "/lib/ld.so"u8.ToArray()).Dynamic(1, "libc.so.6").Build());
        Assert.Equal((ElfLinkage.Broken, Verdict.No, null), (report.Linkage, report.RunsInScratch, report.Interpreter));
    }

    [Fact]
    public void A_weak_version_does_not_raise_the_oldest_glibc()
    {
        ElfReport report = Report(
            WithVersions(("libc.so.6", "GLIBC_2.4", 0), ("libc.so.6", "GLIBC_2.99", 2), ("libc.so.6", "GLIBC_PRIVATE", 0)).Build());
        Assert.Equal(new Version(2, 4), report.MinimumGlibc);
        Assert.Equal(3, report.VersionNeeds.Count);
    }

    [Fact]
    public void Relative_relocations_in_their_packed_form_need_the_glibc_that_knows_them() =>
        Assert.Equal(
            new Version(2, 36),
            Report(WithVersions(("libc.so.6", "GLIBC_2.34", 0), ("libc.so.6", "GLIBC_ABI_DT_RELR", 0)).Build()).MinimumGlibc);

    [Theory]
    [InlineData("#!/bin/sh\nexit\n", "NotElfScript", "/bin/sh")]
    [InlineData("#!/usr/bin/env -S bash\u001b[31m -e", "NotElfScript", "/usr/bin/env -S bash.")]
    [InlineData("MZ......", "NotElfPe", "Windows")]
    [InlineData("!<arch>\nfoo", "NotElfArchive", "ar")]
    [InlineData("ELF", "NotElf", "7F 45 4C 46")]
    public void What_is_no_ELF_file_is_called_what_it_is(string content, string id, string mention)
    {
        GoCrossException error = Assert.Throws<GoCrossException>(
            () => ElfFile.Open(new BytesSource(Encoding.UTF8.GetBytes(content))));
        Assert.Equal((id, ErrorKind.InvalidData), (error.ErrorId, error.Kind));
        Assert.Contains(mention, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message + error.Fix);
    }

    [Theory]
    [InlineData(new byte[] { 0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1 }, "NotElfMachO")]
    [InlineData(new byte[] { 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2 }, "NotElfMachO")]
    [InlineData(new byte[] { 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61 }, "NotElf")] // a class of Java
    public void A_program_for_macOS_is_called_one_and_a_class_of_Java_is_not(byte[] content, string id) =>
        Assert.Equal(id, Assert.Throws<GoCrossException>(() => ElfFile.Open(new BytesSource(content))).ErrorId);

    [Fact]
    public void What_is_no_ELF_file_is_null_where_that_is_asked_for() =>
        Assert.Null(ElfInspector.TryInspect(new BytesSource("#!/bin/sh"u8.ToArray()), ElfFacts.All));

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_read_is_told_so()
    {
        byte[] bytes = [.. Program().Build(), .. new byte[100_000]];
        Patch(bytes, 40, new ElfBuilder().Number(8, 90_000));
        Patch(bytes, 60, [2, 0, 1, 0]);
        using var file = ElfFile.Open(new ShrinkingSource(bytes, 50_000));
        Assert.Equal("FileChanged", Assert.Throws<GoCrossException>(() => file.Sections).ErrorId);
    }

    private static ElfBuilder Program(bool wide = true, bool big = false)
    {
        ElfBuilder b = WithVersions(wide, big, ("libc.so.6", "GLIBC_2.34", 0));
        return b.Dynamic(1, "libc.so.6").Dynamic(1, "libm.so.6").Dynamic(29, "/opt/a:$ORIGIN/../lib").Dynamic(Rela, 0)
            .Dynamic(30, 8).Interpreter("/lib/ld-linux.so.2").Note("GNU", 3, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    private static ElfBuilder WithVersions(params (string Library, string Version, ushort Flags)[] versions) =>
        WithVersions(wide: true, big: false, versions);

    // Elf_Verneed, then its Elf_Vernaux entries (LSB, "Version Requirements").
    private static ElfBuilder WithVersions(
        bool wide, bool big, params (string Library, string Version, ushort Flags)[] versions)
    {
        var b = new ElfBuilder(wide, big);
        var table = new List<byte>();
        table.AddRange(
        [
            .. b.Number(2, 1), .. b.Number(2, (ulong)versions.Length), .. b.Number(4, b.String(versions[0].Library)),
            .. b.Number(4, 16), .. b.Number(4, 0),
        ]);
        for (int i = 0; i < versions.Length; i++)
        {
            table.AddRange(
            [
                .. b.Number(4, 0), .. b.Number(2, versions[i].Flags), .. b.Number(2, (ulong)i + 2),
                .. b.Number(4, b.String(versions[i].Version)), .. b.Number(4, i == versions.Length - 1 ? 0u : 16u),
            ]);
        }

        return b.Dynamic(0x6fffffff, 1).Table(0x6ffffffe, [.. table]);
    }

    private static ElfReport Report(byte[] bytes) => Inspect(bytes)!;

    private static ElfReport? Inspect(byte[] bytes) => ElfInspector.TryInspect(new BytesSource(bytes), ElfFacts.All);

    private static ElfReport? Try(byte[] bytes)
    {
        try
        {
            return Inspect(bytes);
        }
        catch (GoCrossException)
        {
            return null;
        }
    }

    private static GoCrossException Fails(byte[] bytes) => Assert.Throws<GoCrossException>(() => Inspect(bytes));

    private static void Patch(byte[] bytes, int offset, byte[] value) => value.CopyTo(bytes, offset);

    private sealed class ShrinkingSource(byte[] bytes, int end) : GoCross.Files.IRandomAccessSource
    {
        public string Name => "shrinking";

        public long Length => bytes.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            ReadOnlySpan<byte> rest = offset >= end ? default : bytes.AsSpan((int)offset, end - (int)offset);
            int count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            return count;
        }

        public void Dispose()
        {
        }
    }
}
