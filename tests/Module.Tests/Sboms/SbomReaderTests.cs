using GoCross.GoBinaries;
using GoCross.Names;
using GoCross.Sboms;

namespace GoCross.Tests.Sboms;

/// <summary>What programs are made of, held against go version -m and, where Go's record is gone, against what it was.</summary>
public sealed class SbomReaderTests(ModulePrograms programs) : IClassFixture<ModulePrograms>
{
    [ToolTheory("go")]
    [InlineData("plain", "linux", new string[0])]
    [InlineData("stripped", "linux", new[] { "-trimpath", "-ldflags=-s -w" })]
    [InlineData("pie", "linux", new[] { "-buildmode=pie" })]
    [InlineData("program.exe", "windows", new string[0])]
    [InlineData("mac", "darwin", new string[0])]
    public void A_program_s_modules_are_those_of_go_version(string name, string system, string[] arguments)
    {
        string program = programs.Build(name, arguments, system: system);

        Sbom sbom = new SbomReader().ReadProgram(program);

        Assert.Equal(GoVersionModules(program), Modules(sbom));
        Assert.Equal($"{system}/amd64", sbom.Platform);
        Assert.Equal(GoVersionOf(program), sbom.Components.Single(component => component.Kind == SbomComponentKind.GoToolchain).Version);
        Assert.Empty(sbom.Incomplete);
        Assert.Equal("sha256:" + Programs.Output("sha256sum", [program])[..64], sbom.Digest);
    }

    [ToolFact("go")]
    public void What_replaces_and_what_is_replaced_are_both_told()
    {
        Sbom sbom = new SbomReader().ReadProgram(programs.Build("plain", []));

        SbomComponent fork = sbom.Components.Single(component => component.Name == "example.test/fork");
        Assert.Equal(("v1.0.1", "example.test/original@v1.0.0"), (fork.Version, fork.Replaces));
        Assert.StartsWith("h1:", fork.Sum, StringComparison.Ordinal);
        SbomComponent local = sbom.Components.Single(component => component.Name == "example.test/local");
        Assert.Equal((null, "./local"), (local.Version, local.ReplacedBy));
    }

    [ToolFact("go")]
    public void The_main_module_has_the_version_that_the_linker_was_told_and_no_invented_one()
    {
        Assert.Null(new SbomReader().ReadProgram(programs.Build("plain", [])).Programs[0].MainVersion);
        Assert.Equal(
            "v7.8.9",
            new SbomReader().ReadProgram(programs.Build("told", ["-ldflags=-s -X 'main.version=v7.8.9' -X main.other=v1"])).Programs[0].MainVersion);
    }

    [ToolFact("go")]
    public void What_Go_does_not_record_of_the_linker_s_flags_the_command_tells()
    {
        const string Flags = "-s -X main.version=v7.8.9";
        string program = programs.Build("trimmed", ["-trimpath", "-ldflags=" + Flags]);

        Assert.Null(new SbomReader().ReadProgram(program).Programs[0].MainVersion);
        foreach (string[] command in (string[][])[["go", "build", "-ldflags", Flags, "."], ["go", "build", "--ldflags=" + Flags, "."]])
        {
            Assert.Equal("v7.8.9", new SbomReader { CommandLine = command }.ReadProgram(program).Programs[0].MainVersion);
        }
    }

    [ToolTheory("go")]
    [InlineData("stripped", "linux", new[] { "-trimpath", "-ldflags=-s -w" })]
    [InlineData("pie", "linux", new[] { "-buildmode=pie" })]
    [InlineData("program.exe", "windows", new string[0])]
    public void Without_build_information_the_linker_s_second_copy_has_all(string name, string system, string[] arguments)
    {
        string program = programs.Build(name, arguments, system: system);
        string erased = ModulePrograms.EraseBuildInfo(program, andText: false);

        Sbom sbom = new SbomReader().ReadProgram(erased);

        Assert.Null(GoBuildInfoReader.TryRead(erased));
        Assert.Equal(GoVersionModules(program), Modules(sbom));
        Assert.Equal(SbomEvidence.LinkerText, sbom.Programs[0].Evidence);
        Assert.Equal(GoVersionOf(program), sbom.Programs[0].GoVersion);
    }

    [ToolTheory("go")]
    [InlineData("stripped", "linux", "go/pkg/mod", new[] { "-trimpath", "-ldflags=-s -w" })]
    [InlineData("plain", "linux", "go/pkg/mod", new string[0])]
    [InlineData("elsewhere", "linux", "my.cache/of-modules", new string[0])]
    [InlineData("pie", "linux", "go/pkg/mod", new[] { "-buildmode=pie" })]
    [InlineData("program.exe", "windows", "go/pkg/mod", new string[0])]
    [InlineData("mac", "darwin", "go/pkg/mod", new string[0])]
    public void Without_both_the_file_table_names_what_code_was_linked_from(string name, string system, string cache, string[] arguments)
    {
        string program = programs.Build(name, arguments, cache, system);
        string erased = ModulePrograms.EraseBuildInfo(program, andText: true);

        Sbom sbom = new SbomReader().ReadProgram(erased);

        // The original's package is called example.test/original in the code, and its files lie in the fork's folder: from
        // where a full path's module begins only pkg/mod tells. With -trimpath the files, too, have the names that are
        // required, and so have those of the directory.
        IEnumerable<(string, string)> expected = name switch
        {
            "elsewhere" => ModulePrograms.Linked.Where(module => module.Path != "example.test/fork"),
            "stripped" => ModulePrograms.Linked
                .Where(module => module.Path != "example.test/fork")
                .Append(("example.test/original", "v1.0.0")).Append(("example.test/local", "v0.0.0")),
            _ => ModulePrograms.Linked,
        };
        Assert.Equal(
            expected.OrderBy(module => module.Item1, StringComparer.Ordinal),
            sbom.Programs[0].Modules.Select(module => (module.Path, module.Version)).OrderBy(module => module.Path, StringComparer.Ordinal));
        Assert.Equal(SbomEvidence.FileTable, sbom.Programs[0].Evidence);
        Assert.Equal(GoVersionOf(program), sbom.Programs[0].GoVersion);
        Assert.Contains("no Go build information", Assert.Single(sbom.Incomplete), StringComparison.Ordinal);
    }

    [ToolFact("go", "upx")]
    public void Of_a_packed_program_what_is_in_it_is_read()
    {
        string program = programs.Build("stripped", ["-trimpath", "-ldflags=-s -w"]);
        string packed = Pack(program);

        Sbom sbom = new SbomReader().ReadProgram(packed);

        Assert.Equal(GoVersionModules(program), Modules(sbom));
        Assert.Empty(sbom.Incomplete);
    }

    [ToolFact("go", "upx")]
    public void A_packed_program_that_cannot_be_unpacked_is_named_as_not_read()
    {
        string packed = Pack(programs.Build("stripped", ["-trimpath", "-ldflags=-s -w"]));
        using (FileStream file = File.OpenWrite(packed))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[64]);
        }

        Sbom sbom = new SbomReader().ReadProgram(packed);

        string why = Assert.Single(sbom.Incomplete);
        Assert.Contains("UPX", why, StringComparison.Ordinal);
        Assert.Contains("damaged", why, StringComparison.Ordinal);
        Assert.Contains("\"aggregate\": \"incomplete\"", sbom.ToJson(), StringComparison.Ordinal);
    }

    private static string Pack(string program)
    {
        string packed = program + ".upx";
        File.Delete(packed);
        Programs.Output("upx", ["-q", "-1", "-o", packed, program]);
        return packed;
    }

    [ToolFact("go")]
    public void A_folder_has_the_components_of_its_programs_each_once_with_all_places()
    {
        string program = programs.Build("plain", []);
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(program)!, "folder")).FullName;
        File.Copy(program, Path.Combine(folder, "one"), overwrite: true);
        File.Copy(program, Path.Combine(folder, "two"), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "no program");

        Sbom sbom = new SbomReader().ReadFolder(folder);

        Assert.Equal(["/one", "/two"], sbom.Programs.Select(found => found.Place.Path));
        Assert.Equal(GoVersionModules(program), Modules(sbom));
        Assert.All(
            sbom.Components.Where(component => component.Kind == SbomComponentKind.GoModule),
            component => Assert.Equal(["/one", "/two"], component.Places.Select(place => place.Path)));
    }

    [Theory]
    [InlineData("example.com/Some/Module", "v1.2.3+incompatible", "pkg:golang/example.com/some/module@v1.2.3%2Bincompatible")]
    [InlineData("stdlib", "1.23.5", "pkg:golang/stdlib@1.23.5")]
    [InlineData("example.com/a", null, "pkg:golang/example.com/a")]
    public void A_module_s_purl_is_as_the_specification_has_it(string path, string? version, string expected)
    {
        Assert.Equal(expected, PackageUrl.ForGo(path, version).ToString());
        Assert.True(PackageUrl.TryParse(expected, out PackageUrl? back));
        Assert.Equal((path.ToLowerInvariant(), version), (back!.FullName, back.Version));
    }

    // purl-spec, test-suite-data.json, and what trivy and syft write.
    [Theory]
    [InlineData("pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "deb", "debian/curl", "7.50.3-1", "arch", "i386")]
    [InlineData("pkg:deb/debian/libc6@2:36-9%2Bdeb12u4?distro=debian-12&upstream=glibc%402.36", "deb", "debian/libc6", "2:36-9+deb12u4", "upstream", "glibc@2.36")]
    [InlineData("pkg:golang/google.golang.org/genproto@abcdedf#/googleapis/api/annotations/", "golang", "google.golang.org/genproto", "abcdedf", "x", null)]
    [InlineData("pkg:npm/%40angular/animation@12.3.1", "npm", "@angular/animation", "12.3.1", "x", null)]
    public void A_purl_is_parsed_as_the_specification_has_it(
        string text, string type, string name, string version, string key, string? value)
    {
        Assert.True(PackageUrl.TryParse(text, out PackageUrl? url));
        Assert.Equal((type, name, version, value), (url!.Type, url.FullName, url.Version, url.Qualifier(key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pkg:")]
    [InlineData("pkg:golang")]
    [InlineData("pkg:golang/")]
    [InlineData("https://example.com/x")]
    public void What_is_no_purl_is_not_taken_for_one(string text) => Assert.False(PackageUrl.TryParse(text, out _));

    // path and version of each mod, dep and => line; a replaced module's line is followed by its replacement's.
    internal static SortedSet<string> GoVersionModules(string program)
    {
        var modules = new SortedSet<string>(StringComparer.Ordinal);
        string? last = null;
        foreach (string line in Programs.Output("go", ["version", "-m", program]).Split('\n'))
        {
            string[] columns = line.Split('\t');
            if (columns.Length > 3 && columns[1] is "mod" or "dep")
            {
                last = $"{columns[2]}@{(columns[3] is "(devel)" ? "" : columns[3])} {columns.ElementAtOrDefault(4)}".TrimEnd();
                modules.Add(last);
            }
            else if (columns.Length > 2 && columns[1] == "=>")
            {
                string replaced = last!;
                modules.Remove(replaced);
                modules.Add(columns[2].StartsWith('.') ? $"{replaced[..replaced.IndexOf('@', StringComparison.Ordinal)]}@" : $"{columns[2]}@{columns[3]} {columns[4]}");
            }
        }

        return modules;
    }

    private static string GoVersionOf(string program) => Programs.Output("go", ["version", program]).Split(' ')[^1].Trim();

    internal static SortedSet<string> Modules(Sbom sbom) => new(
        sbom.Components
            .Where(component => component.Kind == SbomComponentKind.GoModule)
            .Select(component => $"{component.Name}@{component.Version} {component.Sum}".TrimEnd()),
        StringComparer.Ordinal);
}
