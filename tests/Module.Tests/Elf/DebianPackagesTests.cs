using GoCross.Binaries;
using GoCross.Elf;
using GoCross.GoBinaries;
using GoCross.Tests.GoBinaries;

namespace GoCross.Tests.Elf;

/// <summary>Files for other machines than this, as Debian has them: both widths, both byte orders.</summary>
[Trait("Run", "whole")]
public sealed class DebianPackagesTests(DebianPackages packages) : IClassFixture<DebianPackages>
{
    public static TheoryData<string> Architectures { get; } = [.. DebianPackages.Machines.Keys];

    [DebianTheory]
    [MemberData(nameof(Architectures))]
    public void Libraries_loader_versions_segments_and_build_ID_are_those_that_readelf_tells(string architecture)
    {
        IReadOnlyList<string> files = packages.Files(architecture);

        int compared = ReadelfComparison.AssertSame(files);

        Assert.True(compared >= 5, $"{compared} files of {architecture} were compared.");
        Assert.Contains(files, path => ElfInspector.Inspect(path).Machine == DebianPackages.Machines[architecture]);
    }

    [DebianTheory]
    [MemberData(nameof(Architectures))]
    public void Without_their_section_headers_the_facts_are_the_same(string architecture)
    {
        int compared = packages.Files(architecture)
            .Where(path => new FileInfo(path).Length < 4_000_000)
            .Count(path => SectionlessComparison.AssertSame(path, "cut off"));

        Assert.True(compared >= 4, $"{compared} files of {architecture} were compared.");
    }

    [DebianTheory("go")]
    [MemberData(nameof(Architectures))]
    public void Build_info_is_what_go_version_prints(string architecture)
    {
        IReadOnlyList<string> programs = GoPrograms(architecture);

        Assert.NotEmpty(programs);
        Assert.All(programs, GoVersion.AssertSame);
    }

    [DebianTheory]
    [MemberData(nameof(Architectures))]
    public void A_program_of_Go_has_cgo_in_it_where_it_asks_for_the_C_library(string architecture) =>
        Assert.All(GoPrograms(architecture), path =>
        {
            // Debian links no C code of its own statically. A PIE of Go alone has a loader, too, but needs no library.
            BinaryReport report = BinaryInspector.Inspect(path);
            Assert.Equal(report.Needed.Any(library => library.StartsWith("libc.so.6", StringComparison.Ordinal)), report.GoRuntime!.CgoLinked);
        });

    private IReadOnlyList<string> GoPrograms(string architecture) =>
    [
        .. packages.Files(architecture)
            .Concat(ElfSample.Whole && architecture == "amd64" ? packages.GoFiles() : [])
            .Where(path => GoBuildInfoReader.TryRead(path) is not null),
    ];
}
