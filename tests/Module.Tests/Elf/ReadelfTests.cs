using GoCross.Elf;
using GoCross.Files;

namespace GoCross.Tests.Elf;

/// <summary>What readelf tells from sections and headers, GoCross tells from program headers.</summary>
public sealed class ReadelfTests
{
    [ToolFact("readelf")]
    public void Libraries_loader_versions_segments_and_build_ID_are_those_that_readelf_tells()
    {
        IReadOnlyList<string> files = ElfSample.Files;
        Dictionary<string, ReadelfOutput> expected = ReadelfOutput.Of(files);
        int compared = 0;
        foreach (string path in files)
        {
            ElfReport report = ElfInspector.Inspect(path);
            if (report.Linkage is ElfLinkage.DebugInfo or ElfLinkage.Broken)
            {
                continue; // readelf reads sections that nothing maps.
            }

            ReadelfOutput said = expected[path];
            Assert.True(said.Needed.SequenceEqual(report.Needed), path);
            Assert.True(said.SoName == report.SoName, path);
            Assert.True(said.RPath == report.RPath, path);
            Assert.True(said.RunPath == report.RunPath, path);
            Assert.True(said.Interpreter == report.Interpreter, path);
            Assert.True(
                said.VersionNeeds.SequenceEqual(
                    report.VersionNeeds.Select(need => (need.Library, need.Version, need.Weak, need.Index))),
                path);
            if (report.Type != ElfType.Relocatable)
            {
                Assert.True(said.BuildId == report.BuildId, path);
            }

            Assert.True(said.Loads.SequenceEqual(LoadsOf(path)), path);
            compared++;
        }

        Assert.True(compared > files.Count / 2, $"Only {compared} of {files.Count} files were compared.");
    }

    [ToolFact("readelf")]
    public void The_oldest_glibc_and_the_symbols_that_ask_for_it_are_those_that_readelf_lists()
    {
        IReadOnlyList<string> files = ElfSample.Files;
        Dictionary<string, ReadelfOutput> expected = ReadelfOutput.Of(files);
        int compared = 0;
        foreach (string path in files)
        {
            ElfReport report = ElfInspector.Inspect(path, ElfFacts.Symbols);
            ReadelfOutput said = expected[path];
            Version? oldest = said.VersionNeeds
                .Where(need => !need.Weak && need.Version.StartsWith("GLIBC_2", StringComparison.Ordinal))
                .Select(need => Version.Parse(need.Version["GLIBC_".Length..]))
                .Max();
            if (report.Linkage == ElfLinkage.DebugInfo
                || said.VersionNeeds.Any(need => need.Version == "GLIBC_ABI_DT_RELR"))
            {
                continue;
            }

            Assert.True(oldest == report.MinimumGlibc, path);
            if (oldest is not null)
            {
                Assert.True(
                    said.Imports
                        .Where(import => import.Version == $"GLIBC_{oldest}")
                        .Select(import => import.Name)
                        .Order(StringComparer.Ordinal)
                        .SequenceEqual(report.MinimumGlibcSymbols),
                    path);
                Assert.True(
                    said.Imports.Exists(import => import.Name == "__stack_chk_fail") == report.StackCanary, path);
                compared++;
            }
        }

        Assert.True(compared > 50, $"Only {compared} of {files.Count} files were compared.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_section_headers_or_with_bad_ones_the_facts_are_the_same(bool garbage)
    {
        foreach (string path in ElfSample.Files.Where(path => new FileInfo(path).Length < 4_000_000))
        {
            byte[] bytes = File.ReadAllBytes(path);
            ElfReport whole = Inspect(bytes);
            if (whole.Linkage is ElfLinkage.Relocatable or ElfLinkage.DebugInfo || whole.LibCEvidence.StartsWith("SHT_SYMTAB", StringComparison.Ordinal))
            {
                continue;
            }

            // e_shoff; e_shnum and e_shstrndx at the header's end. The headers themselves lie behind all segments.
            bool wide = bytes[4] == 2;
            bytes.AsSpan(wide ? 40 : 32, wide ? 8 : 4).Fill(garbage ? (byte)0x11 : (byte)0);
            bytes.AsSpan(wide ? 60 : 48, 4).Fill(garbage ? (byte)0x11 : (byte)0);
            Assert.True(Facts(whole) == Facts(Inspect(bytes)), path);
        }
    }

    private static ElfReport Inspect(byte[] bytes) => ElfInspector.TryInspect(new BytesSource(bytes), ElfFacts.Symbols)!;

    private static string Facts(ElfReport report) => string.Join(
        '\n',
        typeof(ElfReport).GetProperties().Select(property => property.GetValue(report) switch
        {
            System.Collections.IEnumerable items and not string => string.Join(", ", items.Cast<object>()),
            object value => value.ToString(),
            null => "null",
        }));

    private static List<(ulong Offset, ulong Address, ulong FileSize, ulong MemorySize)> LoadsOf(string path)
    {
        using var source = RandomAccessFile.Open(path);
        using ElfFile file = ElfFile.Open(source);
        return [.. file.ProgramHeaders
            .Where(segment => segment.Type == ElfSegmentType.Load)
            .Select(segment => (segment.Offset, segment.VirtualAddress, segment.FileSize, segment.MemorySize))];
    }
}
