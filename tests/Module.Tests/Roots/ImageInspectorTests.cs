using GoCross.Elf;
using GoCross.Errors;
using GoCross.Images;
using GoCross.Libraries;
using GoCross.Roots;
using GoCross.Tests.Elf;
using GoCross.Tests.Images;

namespace GoCross.Tests.Roots;

/// <summary>Whether an image can run a program, said by GoCross from the image and by the kernel in the same tree.</summary>
public sealed class ImageInspectorTests(BuiltPrograms programs) : IClassFixture<BuiltPrograms>, IDisposable
{
    private const string Loader = "/lib64/ld-linux-x86-64.so.2";

    private readonly RootFolder _root = new();

    public void Dispose() => _root.Dispose();

    [ToolFact("gcc", "ldd", "tar", "unshare")]
    public void A_dynamic_program_starts_with_its_loader_and_libraries_and_with_none_of_them_missing()
    {
        _root.CopyWithLibraries(programs.C("gcc", "hello.c"), "/app");
        string libC = Directory.GetFiles(_root.Tree, "libc.so.6", SearchOption.AllDirectories).Single();

        RootReport whole = CheckEntryPoint("/app");
        Assert.Equal(Verdict.Yes, whole.RunsInRoot);
        Assert.Empty(whole.MissingInRoot);
        Assert.EndsWith("image.tar:/app", whole.Path, StringComparison.Ordinal);

        string aside = Path.Combine(_root.Tree, "aside");
        File.Move(libC, aside);
        RootReport noLibrary = CheckEntryPoint("/app");
        Assert.Equal(Verdict.No, noLibrary.RunsInRoot);
        Assert.Equal(["libc.so.6"], noLibrary.MissingInRoot);

        File.Move(aside, libC);
        File.Delete(_root.At(Loader));
        RootReport noLoader = CheckEntryPoint("/app");
        Assert.Equal(Verdict.No, noLoader.RunsInRoot);
        Assert.Equal(Loader, noLoader.MissingInRoot[0]);
        Assert.Contains("no such file or directory", noLoader.RunsInRootReason, StringComparison.Ordinal);
    }

    [ToolFact("gcc", "tar", "unshare")]
    public void A_static_program_starts_unless_nobody_may_execute_it()
    {
        _root.Copy(programs.C("gcc", "hello.c", "-static"), "/app");
        Assert.Equal(Verdict.Yes, CheckEntryPoint("/app").RunsInRoot);

        _root.SetMode("/app", "644");
        RootReport report = CheckEntryPoint("/app");
        Assert.Equal(Verdict.No, report.RunsInRoot);
        Assert.Contains("0644", report.RunsInRootReason, StringComparison.Ordinal);
    }

    [ToolFact("gcc", "ldd", "tar", "unshare")]
    public void Links_are_followed_in_the_image_and_not_on_this_machine()
    {
        // As a merged /usr has it, with absolute links, whose targets on this machine are other files.
        _root.CopyWithLibraries(programs.C("gcc", "hello.c"), "/opt/bin/app");
        Directory.CreateDirectory(_root.At("/usr"));
        foreach (string folder in (string[])["lib", "lib64"])
        {
            Directory.Move(_root.At(folder), _root.At("/usr/" + folder));
            Directory.CreateSymbolicLink(_root.At(folder), "/usr/" + folder);
        }

        File.CreateSymbolicLink(_root.At("/app"), "/opt/../opt/bin/app");
        RootReport report = CheckEntryPoint("/app");
        Assert.Equal(Verdict.Yes, report.RunsInRoot);
        Assert.EndsWith(":/opt/bin/app", report.Path, StringComparison.Ordinal);
    }

    [ToolFact("gcc", "tar", "unshare")]
    public void A_library_that_is_too_old_is_named_with_the_version_that_it_lacks()
    {
        // Two libraries of one name; the program was linked with the newer one.
        string older = Library("older", "V1 { global: old; local: *; };", "int old(void) { return 1; }");
        string newer = Library("newer", "V1 { global: old; local: *; }; V2 { global: answer; } V1;", "int old(void) { return 1; } int answer(void) { return 42; }");
        string source = Path.Combine(_root.Tree, "..", "main.c");
        File.WriteAllText(source, "#include <stdio.h>\nint answer(void);\nint main(void) { if (answer() == 42) puts(\"ready\"); return 0; }\n");
        string program = Path.Combine(_root.Tree, "..", "main");
        Programs.Output("gcc", ["-o", program, source, newer, "-Wl,-rpath,/"]);
        _root.CopyWithLibraries(programs.C("gcc", "hello.c"), "/hello");
        _root.Copy(program, "/app");

        _root.Copy(newer, "/libanswer.so");
        Assert.Equal(Verdict.Yes, CheckEntryPoint("/app").RunsInRoot);

        _root.Copy(older, "/libanswer.so");
        RootReport report = CheckEntryPoint("/app");
        Assert.Equal(Verdict.No, report.RunsInRoot);
        Assert.Equal(["libanswer.so (V2)"], report.MissingInRoot);
    }

    [ToolFact("gcc", "tar", "unshare")]
    public void A_script_is_told_by_its_interpreter()
    {
        _root.Copy(programs.C("gcc", "hello.c", "-static"), "/bin/interpreter");
        _root.WriteScript("/bin/second", "#! /bin/interpreter -x\n");
        _root.WriteScript("/first", "#!/bin/second\nanything");

        RootReport report = CheckEntryPoint("/first");
        Assert.Equal(Verdict.Yes, report.RunsInRoot);
        Assert.EndsWith(":/bin/interpreter", report.Path, StringComparison.Ordinal);
        Assert.StartsWith("/first is a script for it.", report.RunsInRootReason, StringComparison.Ordinal);

        File.Delete(_root.At("/bin/interpreter"));
        Assert.False(_root.Starts("/first"));
        Assert.Equal("ScriptInterpreterMissing", Fails("""{"Entrypoint":["/first"]}"""));

        _root.WriteScript("/circle", "#!/circle\n");
        Assert.False(_root.Starts("/circle"));
        Assert.Equal("ScriptsTooDeep", Fails("""{"Entrypoint":["/circle"]}"""));
    }

    [ToolTheory("gcc", "tar")]
    [InlineData("""{"Entrypoint":["/usr/bin/app"],"Cmd":["--flag"]}""", "/usr/bin/app")]
    [InlineData("""{"Cmd":["app"]}""", "/usr/bin/app")]
    [InlineData("""{"Cmd":["app"],"Env":["PATH=/nowhere:/opt"]}""", "/opt/app")]
    [InlineData("""{"Entrypoint":["./app"],"WorkingDir":"/opt"}""", "/opt/app")]
    [InlineData("""{"Entrypoint":["bin/app"],"WorkingDir":"/usr/"}""", "/usr/bin/app")]
    [InlineData("""{"Cmd":["app"],"Env":["PATH=/etc:/opt"]}""", "/opt/app")]
    public void The_entry_point_is_looked_up_as_a_container_does(string run, string expected)
    {
        string program = programs.C("gcc", "hello.c", "-static");
        _root.Copy(program, "/usr/bin/app");
        _root.Copy(program, "/opt/app");
        _root.Copy(program, "/etc/app");
        _root.SetMode("/etc/app", "644");

        using OpenImage image = Open(TestImage.DockerArchive([_root.Layer()], run));
        Assert.Equal(expected, new ImageInspector(image).FindEntryPoint().Path);
    }

    [ToolTheory("tar")]
    [InlineData("{}", "ImageNoCommand")]
    [InlineData("""{"Entrypoint":["/app"]}""", "EntryPointMissing")]
    [InlineData("""{"Cmd":["app"]}""", "EntryPointMissing")]
    [InlineData("""{"Cmd":["/etc"]}""", "EntryPointMissing")]
    [InlineData("""{"Cmd":["/text"]}""", "NotElf")]
    [InlineData("""{"Cmd":["/empty"]}""", "FileEmpty")]
    public void An_image_that_starts_nothing_says_what_is_wrong(string run, string errorId)
    {
        Directory.CreateDirectory(_root.At("etc"));
        File.WriteAllText(_root.At("text"), "text");
        File.WriteAllText(_root.At("empty"), "");

        Assert.Equal(errorId, Fails(run));
    }

    [ToolFact("gcc", "ldd", "tar")]
    public void Files_are_the_same_whatever_way_the_layers_are_stored()
    {
        _root.CopyWithLibraries(programs.C("gcc", "hello.c"), "/app");
        byte[] layer = _root.Layer();
        byte[] config = TestImage.Config([layer], """{"Entrypoint":["/app"]}""");
        byte[] plain = TestImage.DockerArchive([layer], """{"Entrypoint":["/app"]}""");
        string expected = Edges(plain);
        Assert.Contains("libc.so.6 Found", expected, StringComparison.Ordinal);

        Assert.Equal(expected, Edges(TestImage.Tar(TestImage.Layout(config, layer))));
        Assert.Equal(expected, Edges(TestImage.Tar(TestImage.Layout(config, TestImage.Gzip(layer)))));
        Assert.Equal(expected, Edges(TestImage.Tar(TestImage.Layout(config, TestImage.Zstd(layer)))));
        Assert.Equal(expected, Edges(TestImage.Gzip(plain)));
        Assert.Equal(expected, Edges(TestImage.Zstd(TestImage.Tar(TestImage.Layout(config, TestImage.Gzip(layer))))));
    }

    [ToolFact("gcc", "ldd", "tar")]
    public void Layers_above_take_libraries_away_and_replace_them()
    {
        _root.CopyWithLibraries(programs.C("gcc", "hello.c"), "/app");
        string libC = Directory.GetFiles(_root.Tree, "libc.so.6", SearchOption.AllDirectories).Single();
        string folder = Path.GetRelativePath(_root.Tree, Path.GetDirectoryName(libC)!);
        byte[] layer = _root.Layer();

        byte[] removed = new TarBytes().File(folder + "/.wh.libc.so.6", "").End();
        Assert.Equal(["libc.so.6"], Inspect(layer, removed).MissingInRoot);

        byte[] damaged = new TarBytes().File(folder + "/libc.so.6", "no library").End();
        RootReport report = Inspect(layer, damaged);
        Assert.Equal(Verdict.No, report.RunsInRoot);
        Assert.Contains("fails on it", report.RunsInRootReason, StringComparison.Ordinal);

        byte[] moved = new TarBytes().HardLink("lib/another", folder + "/libc.so.6").End();
        byte[] linked = new TarBytes().SymbolicLink(folder + "/libc.so.6", "/lib/another").End();
        Assert.Equal(Verdict.Yes, Inspect(layer, moved, linked).RunsInRoot);
    }

    [ToolFact("gcc", "tar")]
    public void A_program_for_another_machine_than_the_image_is_does_not_start()
    {
        _root.Copy(programs.C("gcc", "hello.c", "-static"), "/app");
        byte[] layer = _root.Layer();
        byte[] config = TestImage.Config([layer], """{"Entrypoint":["/app"]}""", architecture: "arm64", variant: "v8");
        using OpenImage image = Open(TestImage.Tar(TestImage.Layout(config, layer)));

        RootReport report = new ImageInspector(image).InspectEntryPoint();

        Assert.Equal(Verdict.No, report.RunsInRoot);
        Assert.Contains("exec format error", report.RunsInRootReason, StringComparison.Ordinal);
        Assert.Contains("linux/arm64/v8", report.RunsInRootReason, StringComparison.Ordinal);
    }

    [ToolFact("gcc", "tar", "unshare")]
    public void A_sparse_program_is_read_with_its_holes()
    {
        // A table of zeros that is written out, with which GNU tar makes a sparse file.
        string source = Path.Combine(_root.Tree, "..", "sparse.c");
        File.WriteAllText(source, "#include <stdio.h>\nchar table[4 << 20] __attribute__((section(\".data\"))) = { 1 };\nint main(void) { if (table[5] == 0) puts(\"ready\"); return 0; }\n");
        string program = Path.Combine(_root.Tree, "..", "sparse");
        Programs.Output("gcc", ["-static", "-o", program, source]);
        Programs.Output("cp", ["--sparse=always", program, _root.At("/app")]);
        byte[] layer = _root.Layer();
        Assert.True(layer.Length < new FileInfo(program).Length, "GNU tar wrote the holes out.");

        RootReport report = CheckEntryPoint("/app");

        Assert.Equal(Verdict.Yes, report.RunsInRoot);
        Assert.Equal(new FileInfo(program).Length, report.Length);
        Assert.Equal(ElfInspector.Inspect(program).BuildId, report.BuildId);
    }

    [ToolFact("gcc", "tar")]
    public void A_program_of_this_machine_is_looked_at_as_though_it_lay_in_the_image()
    {
        string program = programs.C("gcc", "hello.c");
        _root.WriteScript("/nothing", "");
        using OpenImage image = Open(TestImage.DockerArchive([_root.Layer()]));
        using var source = GoCross.Files.RandomAccessFile.Open(program);

        RootReport report = new ImageInspector(image).TryInspect(source, "/app")!;

        Assert.Equal(program, report.Path);
        Assert.Equal((Verdict.No, Verdict.No), (report.RunsInScratch, report.RunsInRoot));
        Assert.Equal([Loader, "libc.so.6"], report.MissingInRoot);
    }

    [ToolFact("gcc", "tar")]
    public void What_changed_since_the_layers_were_read_is_an_error_and_no_answer()
    {
        _root.Copy(programs.C("gcc", "hello.c", "-static"), "/app");
        byte[] layer = _root.Layer();
        string run = """{"Entrypoint":["/app"]}""";
        ImageLocation location = _root.Save(TestImage.Gzip(TestImage.DockerArchive([layer], run)));
        using OpenImage image = OpenAt(location);

        // The same size and names, another content.
        byte[] other = (byte[])layer.Clone();
        int code = other.AsSpan().IndexOf("ready"u8);
        other[code] = (byte)'R';
        File.WriteAllBytes(location.Address, TestImage.Gzip(TestImage.DockerArchive([other], run)));

        var e = Assert.Throws<GoCrossException>(() => new ImageInspector(image).InspectEntryPoint());
        Assert.Equal("ImageChanged", e.ErrorId);
    }

    [ToolFact("gcc", "tar")]
    public void What_is_held_of_compressed_layers_has_a_limit()
    {
        _root.Copy(programs.C("gcc", "hello.c", "-static"), "/app");
        byte[] archive = TestImage.Gzip(TestImage.DockerArchive([_root.Layer()], """{"Entrypoint":["/app"]}"""));
        using OpenImage image = new ImageReader(new ImageLimits { HeldFileBytes = 100_000 })
            .OpenAsync(_root.Save(archive), CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();

        var e = Assert.Throws<GoCrossException>(() => new ImageInspector(image).InspectEntryPoint());
        Assert.Equal("ImageContentLimit", e.ErrorId);
    }

    [ToolFact("gcc", "ldd", "tar")]
    public void All_files_of_an_image_that_comes_from_a_service_cost_three_transfers()
    {
        // Read in the order of the layer: to index it, to find the libraries and what is ELF, to read the programs. One
        // transfer for each file would be 62.
        string program = programs.C("gcc", "hello.c");
        _root.CopyWithLibraries(program, "/app");
        for (int i = 0; i < 30; i++)
        {
            _root.Copy(program, $"/opt/{i}/program");
            _root.WriteScript($"/opt/{i}/script", "#!/app\n");
        }

        Directory.CreateSymbolicLink(_root.At("/opt/link"), "/opt/7/program");
        var engine = new SavingEngine(
            _ => new MemoryStream(TestImage.DockerArchive([_root.Layer()], """{"Entrypoint":["/app"]}""")));
        using OpenImage image = new ImageReader { ConnectEngine = () => engine }
            .OpenAsync(ImageLocation.Parse("docker-daemon:api:v1", name => name), CancellationToken.None, CancellationToken.None)
            .GetAwaiter().GetResult();
        var inspector = new ImageInspector(image);

        string[] elf = [.. inspector.Find("*").Where(inspector.IsElf)];
        RootReport[] reports = [.. elf.Select(path => inspector.Inspect(path))];

        Assert.Equal(31, elf.Count(path => path.EndsWith("/app", StringComparison.Ordinal) || path.EndsWith("/program", StringComparison.Ordinal)));
        Assert.Contains(elf, path => path.EndsWith("/libc.so.6", StringComparison.Ordinal));
        Assert.DoesNotContain(elf, path => path.EndsWith("/script", StringComparison.Ordinal));
        Assert.All(
            reports.Where(report => report.Interpreter is not null && report.SoName is null),
            report => Assert.Equal(Verdict.Yes, report.RunsInRoot));
        Assert.InRange(engine.Transfers, 2, 3);
    }

    [ToolFact("gcc", "tar")]
    public void A_root_directory_has_the_same_verdicts()
    {
        string program = programs.C("gcc", "hello.c");
        _root.Copy(program, "/app");
        var inspector = new RootInspector(new DirectoryRoot(_root.Tree), []);
        using var source = GoCross.Files.RandomAccessFile.Open(program);

        RootReport there = inspector.TryInspect(source, "/app")!;
        RootReport here = new RootInspector(new DirectoryRoot("/"), []).TryInspect(source, program)!;

        Assert.Equal((Verdict.No, _root.Tree), (there.RunsInRoot, there.Root));
        Assert.Equal(Verdict.Yes, here.RunsInRoot);
    }

    private static OpenImage OpenAt(ImageLocation location) =>
        new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();

    private OpenImage Open(byte[] archive) => OpenAt(_root.Save(archive));

    private RootReport CheckEntryPoint(string path)
    {
        using OpenImage image = Open(TestImage.DockerArchive([_root.Layer()], $$"""{"Entrypoint":["{{path}}"]}"""));
        RootReport report = new ImageInspector(image).InspectEntryPoint();
        if (EmptyRoot.IsPossible && report.RunsInRoot != Verdict.Unknown)
        {
            Assert.Equal(report.RunsInRoot == Verdict.Yes, _root.Starts(path));
        }

        return report;
    }

    private RootReport Inspect(params byte[][] layers)
    {
        using OpenImage image = Open(TestImage.DockerArchive(layers, """{"Entrypoint":["/app"]}"""));
        return new ImageInspector(image).InspectEntryPoint();
    }

    private string Edges(byte[] archive)
    {
        using OpenImage image = Open(archive);
        var inspector = new ImageInspector(image);
        return string.Join('\n', inspector
            .Resolve(inspector.FindEntryPoint().Path)
            .Select(edge => $"{edge.Name} {edge.Status} {edge.Rule} {edge.TargetPath}"));
    }

    private string Fails(string run)
    {
        using OpenImage image = Open(TestImage.DockerArchive([_root.Layer()], run));
        return Assert.Throws<GoCrossException>(() => new ImageInspector(image).InspectEntryPoint()).ErrorId;
    }

    private string Library(string name, string versions, string source)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root.Tree, "..", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "lib.c"), source);
        File.WriteAllText(Path.Combine(folder, "map"), versions);
        string library = Path.Combine(folder, "libanswer.so");
        Programs.Output("gcc", [
            "-shared", "-fPIC", "-Wl,-soname,libanswer.so", "-Wl,--version-script=" + Path.Combine(folder, "map"),
            "-o", library, Path.Combine(folder, "lib.c")]);
        return library;
    }
}
