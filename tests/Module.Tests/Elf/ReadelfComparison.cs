using GoCross.Elf;
using GoCross.Files;

namespace GoCross.Tests.Elf;

/// <summary>Compares what GoCross and readelf tell about files.</summary>
internal static class ReadelfComparison
{
    /// <summary>Fails the test at the first difference in libraries, names, loader, versions, segments and build ID.</summary>
    /// <returns>How many files were compared: readelf reads sections of debug files that nothing maps.</returns>
    internal static int AssertSame(IReadOnlyList<string> files)
    {
        Dictionary<string, ReadelfOutput> expected = ReadelfOutput.Of(files);
        int compared = 0;
        foreach (string path in files)
        {
            ElfReport report = ElfInspector.Inspect(path);
            if (report.Linkage is ElfLinkage.DebugInfo or ElfLinkage.Broken)
            {
                continue;
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

        return compared;
    }

    private static List<(ulong Offset, ulong Address, ulong FileSize, ulong MemorySize)> LoadsOf(string path)
    {
        using var source = RandomAccessFile.Open(path);
        using ElfFile file = ElfFile.Open(source);
        return [.. file.ProgramHeaders
            .Where(segment => segment.Type == ElfSegmentType.Load)
            .Select(segment => (segment.Offset, segment.VirtualAddress, segment.FileSize, segment.MemorySize))];
    }
}
