using GoCross.Elf;

namespace GoCross.Tests.Elf;

/// <summary>What readelf tells from sections and headers, GoCross tells from program headers.</summary>
[Trait("Run", "whole")]
public sealed class ReadelfTests
{
    [ToolFact("readelf")]
    public void Libraries_loader_versions_segments_and_build_ID_are_those_that_readelf_tells()
    {
        IReadOnlyList<string> files = ElfSample.Files;
        int compared = ReadelfComparison.AssertSame(files);
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
    [InlineData("zeros")]
    [InlineData("garbage")]
    [InlineData("cut off")]
    public void Without_section_headers_or_with_bad_ones_the_facts_are_the_same(string damage)
    {
        int compared = 0;
        foreach (string path in ElfSample.Files.Where(path => new FileInfo(path).Length < 4_000_000))
        {
            compared += SectionlessComparison.AssertSame(path, damage) ? 1 : 0;
        }

        Assert.True(compared > 0 || ElfSample.Files.Count == 0);
    }
}
