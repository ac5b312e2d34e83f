using GoCross.GoBinaries;

namespace GoCross.Tests.GoBinaries;

[Collection(GoProgramsCollection.Name)]
public sealed class GoBuildInfoReaderTests(GoPrograms programs)
{
    [ToolTheory("go", "gcc")]
    [MemberData(nameof(GoPrograms.Names), MemberType = typeof(GoPrograms))]
    public void Build_info_is_what_go_version_prints(string name)
    {
        GoVersion.AssertSame(programs[name]);
    }

    /// <summary>Debian and others build them with other versions of Go than the installed one.</summary>
    [ToolFact("go", "docker", "dockerd", "containerd", "runc", "skopeo", "umoci")]
    public void Build_info_of_packaged_programs_is_what_go_version_prints()
    {
        foreach (string program in new[] { "docker", "dockerd", "containerd", "runc", "skopeo", "umoci" })
        {
            GoVersion.AssertSame(Tools.Require(program));
        }
    }

    [ToolFact("go", "gcc", "git")]
    public void Settings_are_looked_up_by_name_and_the_source_tree_is_told()
    {
        GoBuildInfo info = GoBuildInfoReader.TryRead(programs["hello-settings"])!;

        Assert.Equal("linux", info.GoOS);
        Assert.Equal(GoPrograms.HostArch, info.GoArch);
        Assert.False(info.CgoEnabled);
        Assert.Equal("one,two", info.Setting("-tags"));
        Assert.Equal("-X 'main.text=a \"b\" `c`'", info.Setting("-ldflags"));
        Assert.Null(info.Setting("tags"));
        Assert.Equal("git", info.Vcs!.System);
        Assert.Equal(40, info.Vcs.Revision!.Length);
        Assert.Equal(new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.Zero), info.Vcs.Time);
        Assert.NotNull(info.Vcs.Modified);
    }

    [ToolFact("go", "gcc")]
    public void A_replaced_module_names_its_replacement()
    {
        GoModule dep = Assert.Single(GoBuildInfoReader.TryRead(programs["hello"])!.Deps);

        Assert.Equal(("example.test/dep", "v1.2.3"), (dep.Path, dep.Version));
        Assert.Equal("./dep", dep.Replace!.Path);
    }

    [ToolTheory("go", "gcc")]
    [MemberData(nameof(GoPrograms.ElfNames), MemberType = typeof(GoPrograms))]
    public void Build_info_is_found_without_section_headers(string name)
    {
        byte[] content = File.ReadAllBytes(programs[name]);
        GoBuildInfo whole = GoBuildInfoReader.TryRead(new BytesSource(content))!;

        GoBuildInfo? bare = GoBuildInfoReader.TryRead(new BytesSource(HandMadeElf.WithoutSections(content)));

        Assert.Equal(GoVersion.Render(whole), GoVersion.Render(bare!));
    }

    [ToolFact("go", "gcc")]
    public void A_universal_file_of_macos_is_searched_slice_by_slice()
    {
        // fat_header and two fat_arch (cputype, cpusubtype, offset, size, align), all big-endian: a C program, as far as
        // its first bytes tell, then the program of Go.
        byte[] program = File.ReadAllBytes(programs["hello-darwin"]);
        byte[] other = [.. Convert.FromHexString("CFFAEDFE0700000103000000020000000000000000000000"), .. new byte[8]];
        byte[] N(int value) => HandMadeElf.Number(4, big: true, (ulong)value);
        byte[] universal =
        [
            .. Convert.FromHexString("CAFEBABE"), .. N(2),
            .. N(0x01000007), .. N(3), .. N(64), .. N(other.Length), .. N(0),
            .. N(0x0100000C), .. N(0), .. N(4096), .. N(program.Length), .. N(12),
            .. new byte[16], .. other,
        ];
        Array.Resize(ref universal, 4096);

        GoBuildInfo info = GoBuildInfoReader.TryRead(new BytesSource([.. universal, .. program]))!;

        Assert.Equal(GoVersion.Render(GoBuildInfoReader.TryRead(programs["hello-darwin"])!), GoVersion.Render(info));
        Assert.Equal("main.main", GoFunctionTable.TryOpen(new BytesSource([.. universal, .. program]))!
            .EnumerateNames().Single(name => name == "main.main"));
    }

    [ToolFact("go", "gcc", "upx")]
    public async Task A_packed_program_has_no_build_info_that_could_be_read()
    {
        string packed = Path.Combine(programs.Folder, "hello-packed");
        await programs.RunAsync(Tools.Require("upx"), ["-qq", "-1", "-o", packed, programs["hello"]]);

        Assert.Null(GoBuildInfoReader.TryRead(packed));
        Assert.Null(GoRuntimeFactsReader.TryRead(packed));
    }

    [ToolFact("go", "gcc")]
    public void Files_of_other_kinds_have_no_build_info()
    {
        // An ELF file, a PE file of .NET, a text, nothing but a magic.
        Assert.Null(GoBuildInfoReader.TryRead(Environment.ProcessPath!));
        Assert.Null(GoBuildInfoReader.TryRead(typeof(GoBuildInfo).Assembly.Location));
        Assert.Null(GoBuildInfoReader.TryRead(new BytesSource("package main\n"u8.ToArray())));
        foreach (string magic in new[] { "7F454C46", "4D5A", "FEEDFACF", "CFFAEDFE", "CAFEBABE00000001", "CAFEBABE0000003D" })
        {
            Assert.Null(GoBuildInfoReader.TryRead(new BytesSource(Convert.FromHexString(magic))));
        }
    }
}
