using GoCross.Binaries;
using GoCross.Scratch;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Libraries;
using GoCross.Roots;
using GoCross.Tests.Elf;

namespace GoCross.Tests.Binaries;

/// <summary>A file has the same facts whoever asks.</summary>
public sealed class OneInspectorTests(BuiltPrograms programs) : IClassFixture<BuiltPrograms>
{
    // Without Go's build ID only the functions tell whether there is C code in it, and so which C library.
    [ToolTheory("go", "musl-gcc")]
    [InlineData("pure", "CGO_ENABLED=0", "-ldflags=-buildid=", LibC.None)]
    [InlineData("cgo", "CGO_ENABLED=1 CC=musl-gcc", "-ldflags=-s -w -buildid= -linkmode=external -extldflags=-static", LibC.Musl)]
    public void A_static_program_without_its_build_ID_has_one_C_library(
        string package, string environment, string flags, LibC expected)
    {
        string program = programs.Go(package, environment, flags);
        using var source = RandomAccessFile.Open(program);

        Assert.Equal(LibC.Unknown, ElfInspector.Inspect(program).LibC); // what the headers alone tell
        Assert.Equal(expected, BinaryInspector.Inspect(program).LibC);
        Assert.Equal(expected, BinaryContent.Read(program).Elf!.LibC);
        Assert.Equal(expected, ScratchProgram.Inspect(program, CancellationToken.None).LibC);
        Assert.Equal(expected, new RootInspector(new DirectoryRoot("/"), []).TryInspect(source, program)!.LibC);
    }

    // EI_OSABI is 0 in DragonFly's programs and no note says what they are for. "go version -m" says GOOS=dragonfly.
    [ToolTheory("go")]
    [InlineData("dragonfly")]
    [InlineData("freebsd")]
    [InlineData("netbsd")]
    [InlineData("openbsd")]
    public void What_Go_built_for_another_system_never_runs_in_scratch(string system)
    {
        string program = programs.Go("pure", $"CGO_ENABLED=0 GOOS={system} GOARCH=amd64");

        BinaryReport report = BinaryInspector.Inspect(program);

        Assert.Equal((Verdict.No, system, LibC.Other), (report.RunsInScratch, report.OperatingSystem, report.LibC));
        Assert.Contains(system, report.Reason, StringComparison.Ordinal);
        Assert.Null(report.MissingFile);
        GoCrossException error = Assert.Throws<GoCrossException>(() => ScratchProgram.Inspect(program, CancellationToken.None));
        Assert.Equal("BinaryNotLinux", error.ErrorId);
    }

    [ToolFact("go")]
    public void What_Go_built_for_Linux_says_so()
    {
        BinaryReport report = BinaryInspector.Inspect(programs.Go("pure", "CGO_ENABLED=0"));

        Assert.Equal((Verdict.Yes, "linux"), (report.RunsInScratch, report.OperatingSystem));
    }

    [Theory]
    [InlineData(ElfLinkage.Static, "IsStatic IsProgram HasCode")]
    [InlineData(ElfLinkage.StaticPie, "IsStatic IsProgram HasCode ExchangesSymbols")]
    [InlineData(ElfLinkage.Dynamic, "NeedsLoader IsProgram HasCode ExchangesSymbols")]
    [InlineData(ElfLinkage.DynamicNoNeeded, "NeedsLoader IsProgram HasCode ExchangesSymbols")]
    [InlineData(ElfLinkage.SharedObject, "HasCode ExchangesSymbols IsKnownNonProgram")]
    [InlineData(ElfLinkage.PackedUnknown, "")]
    [InlineData(ElfLinkage.Relocatable, "IsKnownNonProgram")]
    [InlineData(ElfLinkage.Core, "IsKnownNonProgram")]
    [InlineData(ElfLinkage.DebugInfo, "IsKnownNonProgram")]
    [InlineData(ElfLinkage.Broken, "IsKnownNonProgram")]
    public void Kinds_of_linkage_are_what_their_definitions_say(ElfLinkage linkage, string kinds)
    {
        (string Name, bool Holds)[] all =
        [
            ("IsStatic", linkage.IsStatic()), ("NeedsLoader", linkage.NeedsLoader()), ("IsProgram", linkage.IsProgram()),
            ("HasCode", linkage.HasCode()), ("ExchangesSymbols", linkage.ExchangesSymbols()),
            ("IsKnownNonProgram", linkage.IsKnownNonProgram()),
        ];

        Assert.Equal(kinds, string.Join(' ', all.Where(kind => kind.Holds).Select(kind => kind.Name)));
    }
}
