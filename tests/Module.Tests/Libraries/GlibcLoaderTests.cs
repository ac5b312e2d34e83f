using GoCross.Elf;
using GoCross.Files;
using GoCross.Libraries;
using GoCross.Tests.Elf;

namespace GoCross.Tests.Libraries;

/// <summary>Which libraries a program gets, said by GoCross and by glibc's own loader.</summary>
public sealed class GlibcLoaderTests : IDisposable
{
    private const int SampleSize = 250;
    private const string Loader = "/lib64/ld-linux-x86-64.so.2";

    private readonly TemporaryDirectory _folder = new();

    private static bool HasLoader => File.Exists(Loader);

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    [Trait("Run", "whole")]
    public void The_programs_of_this_machine_get_what_the_loader_loads()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        string[] programs = [.. new[] { "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec" }
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", options))
            .Where(path => ElfSample.IsElf(path) && IsPlainProgram(path) && IsForThisLoader(path))
            .Order(StringComparer.Ordinal)];
        int step = ElfSample.Whole ? 1 : Math.Max(1, programs.Length / SampleSize);
        string[] sample = [.. programs.Where((_, i) => i % step == 0)];
        var resolver = new LibraryResolver(new DirectoryRoot("/"), []);

        Assert.All(sample, program => AssertSame(RealLoader.Glibc(program), Resolve(resolver, program), program));

        // What the tests need brings so many; a smaller machine is compared as a whole.
        Assert.True(sample.Length >= 200 || sample.Length == programs.Length || !HasLoader, $"{sample.Length} programs");
    }

    [ToolFact("gcc")]
    public void Origin_is_the_folder_of_the_path_that_was_taken_not_of_the_file_behind_it()
    {
        // program -> real/liba.so through links/liba.so; liba looks for libb in its $ORIGIN, which is links.
        Library("real/libb.so", "");
        Library("links/libb.so", "");
        Library("real/liba.so", "-lb", needs: "real", flags: "-Wl,--enable-new-dtags,-rpath,$ORIGIN");
        Directory.CreateDirectory(At("links"));
        File.CreateSymbolicLink(At("links/liba.so"), At("real/liba.so"));
        string program = Link("program", "-la", needs: "real", flags: $"-Wl,-rpath,{At("links")}");

        IReadOnlyList<ElfLibrary> edges = Check(program);

        Assert.Equal(At("links/libb.so"), Edge(edges, "libb.so").TargetPath);
        Assert.Equal(ElfLibraryRule.RunPath, Edge(edges, "libb.so").Rule);
    }

    [ToolFact("gcc")]
    public void A_RUNPATH_is_for_the_file_that_has_it_and_not_for_its_libraries()
    {
        Library("lib/libb.so", "");
        Library("lib/liba.so", "-lb", needs: "lib");
        string program = Link("program", "-la", needs: "lib", flags: $"-Wl,--enable-new-dtags,-rpath,{At("lib")}");

        IReadOnlyList<ElfLibrary> edges = Check(program);

        Assert.Equal(ElfLibraryStatus.Found, Edge(edges, "liba.so").Status);
        Assert.Equal(ElfLibraryStatus.Missing, Edge(edges, "libb.so").Status);
        Assert.Equal((At("lib/liba.so"), 2), (Edge(edges, "libb.so").Parent, Edge(edges, "libb.so").Depth));
    }

    [ToolFact("gcc")]
    public void An_RPATH_is_for_the_libraries_too()
    {
        Library("lib/libb.so", "");
        Library("lib/liba.so", "-lb", needs: "lib");
        string program = Link("program", "-la", needs: "lib", flags: $"-Wl,--disable-new-dtags,-rpath,{At("lib")}");

        IReadOnlyList<ElfLibrary> edges = Check(program);

        Assert.Equal(ElfLibraryRule.RPath, Edge(edges, "libb.so").Rule);
    }

    [ToolFact("gcc")]
    public void A_library_with_a_RUNPATH_of_its_own_asks_no_RPATH()
    {
        Library("lib/libb.so", "");
        Library("lib/liba.so", "-lb", needs: "lib", flags: $"-Wl,--enable-new-dtags,-rpath,{At("nowhere")}");
        string program = Link("program", "-la", needs: "lib", flags: $"-Wl,--disable-new-dtags,-rpath,{At("lib")}");

        Assert.Equal(ElfLibraryStatus.Missing, Edge(Check(program), "libb.so").Status);
    }

    [ToolFact("gcc")]
    public void LibraryPath_comes_after_an_RPATH_and_before_a_RUNPATH()
    {
        Library("own/liba.so", "");
        Library("given/liba.so", "");
        string old = Link("old", "-la", needs: "own", flags: $"-Wl,--disable-new-dtags,-rpath,{At("own")}");
        string current = Link("current", "-la", needs: "own", flags: $"-Wl,--enable-new-dtags,-rpath,{At("own")}");

        Assert.Equal((At("own/liba.so"), ElfLibraryRule.RPath), Place(Check(old, At("given"))));
        Assert.Equal((At("given/liba.so"), ElfLibraryRule.LibraryPath), Place(Check(current, At("given"))));
    }

    [ToolFact("gcc")]
    public void A_library_for_another_machine_is_passed_over_and_one_behind_it_is_taken()
    {
        Library("foreign/liba.so", "");
        Library("own/liba.so", "");
        byte[] bytes = File.ReadAllBytes(At("foreign/liba.so"));
        bytes[18] = 183; // e_machine: EM_AARCH64
        File.WriteAllBytes(At("foreign/liba.so"), bytes);
        string both = Link("both", "-la", needs: "own", flags: $"-Wl,-rpath,{At("foreign")}:{At("own")}");
        string none = Link("none", "-la", needs: "own", flags: $"-Wl,-rpath,{At("foreign")}");

        Assert.Equal(At("own/liba.so"), Edge(Check(both), "liba.so").TargetPath);
        Assert.Equal(ElfLibraryStatus.WrongArch, Edge(Check(none), "liba.so").Status);
    }

    [ToolFact("gcc")]
    public void A_file_that_is_no_library_ends_the_search_and_the_program()
    {
        Library("own/liba.so", "");
        Directory.CreateDirectory(At("bad"));
        File.WriteAllText(At("bad/liba.so"), new string('x', 5000));
        string program = Link("program", "-la", needs: "own", flags: $"-Wl,-rpath,{At("bad")}:{At("own")}");

        ElfLibrary edge = Edge(Resolve(new LibraryResolver(new DirectoryRoot("/"), []), program), "liba.so");

        Assert.Equal((ElfLibraryStatus.FatalCandidate, At("bad/liba.so")), (edge.Status, edge.TargetPath));
        Assert.NotEqual(0, Programs.Run(program, []).ExitCode);
    }

    [ToolFact("gcc")]
    public void A_name_that_is_a_path_is_not_searched_for()
    {
        Library("deep/liba.so", "", soName: At("deep/liba.so"));
        string program = Link("program", "-la", needs: "deep");

        Assert.Equal((At("deep/liba.so"), ElfLibraryRule.Path), Place(Check(program)));
    }

    [ToolFact("gcc")]
    public void A_version_that_the_library_lacks_is_told()
    {
        File.WriteAllText(At("new.map"), "V_1 { global: f; };\nV_2 { global: g; } V_1;\n");
        File.WriteAllText(At("old.map"), "V_1 { global: f; g; };\n");
        Library("new/liba.so", "", flags: "-Wl,--version-script=" + At("new.map"), source: "int f(void) { return 1; }\nint g(void) { return 2; }\n");
        Library("old/liba.so", "", flags: "-Wl,--version-script=" + At("old.map"), source: "int f(void) { return 1; }\nint g(void) { return 2; }\n");
        string program = Link(
            "program", "-la", needs: "new", flags: $"-Wl,-rpath,{At("old")}", source: "int g(void);\nint main(void) { return g(); }\n");

        ElfLibrary edge = Edge(Resolve(new LibraryResolver(new DirectoryRoot("/"), []), program), "liba.so");

        Assert.Equal(["V_2"], edge.MissingVersions);
        Assert.Contains("version `V_2' not found", Programs.Run(program, []).StandardError, StringComparison.Ordinal);
    }

    [ToolFact("gcc")]
    public void A_program_that_may_not_use_the_default_directories_finds_no_C_library()
    {
        string program = Link("program", "", needs: ".", flags: "-Wl,-z,nodefaultlib");

        Assert.Equal(ElfLibraryStatus.Missing, Edge(Check(program), "libc.so.6").Status);
    }

    [ToolFact("gcc", "ldconfig", "unshare")]
    public void The_cache_is_asked_and_not_the_list_of_directories_that_it_was_made_from()
    {
        // What lddtree asks is the list.
        Library("strange/liba.so", "");
        string program = Link("program", "-la", needs: "strange");
        string root = At("root");
        CopyInto(root, program, "/program");
        CopyInto(root, At("strange/liba.so"), "/opt/strange/liba.so");
        foreach (ElfLibrary edge in Resolve(new LibraryResolver(new DirectoryRoot("/"), []), program)
            .Where(edge => edge.Status == ElfLibraryStatus.Found))
        {
            CopyInto(root, edge.Path!, edge.TargetPath!);
        }

        Directory.CreateDirectory(Path.Combine(root, "etc"));
        File.WriteAllText(Path.Combine(root, "etc/ld.so.conf"), "/opt/strange\n");
        AssertInRoot(ElfLibraryStatus.Missing, null);

        Programs.Output("ldconfig", ["-r", root]);
        File.Delete(Path.Combine(root, "etc/ld.so.conf"));
        AssertInRoot(ElfLibraryStatus.Found, "/opt/strange/liba.so");

        void AssertInRoot(ElfLibraryStatus status, string? path)
        {
            using var source = RandomAccessFile.Open(program);
            ElfLibrary edge = Edge(
                new LibraryResolver(new DirectoryRoot(root), []).Resolve(source, "/program"), "liba.so");
            Assert.Equal((status, path), (edge.Status, edge.TargetPath));
            if (path is not null)
            {
                Assert.Equal(ElfLibraryRule.Cache, edge.Rule);
            }

            if (EmptyRoot.IsPossible)
            {
                Assert.Contains(
                    ("liba.so", path),
                    RealLoader.GlibcInRoot([.. EmptyRoot.Unshare, $"--root={root}"], Loader, "/program"));
            }
        }
    }

    [ToolFact("bash")]
    public void A_damaged_cache_is_no_error_but_none()
    {
        const string Cache = "/etc/ld.so.cache";
        if (!File.Exists(Cache))
        {
            return;
        }

        byte[] original = File.ReadAllBytes(Cache);
        string bash = Tools.Require("bash");
        Directory.CreateDirectory(At("etc"));
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = (byte[])original.Clone();
            for (int j = 0; j < 4; j++)
            {
                bytes[random.Next(i % 2 == 0 ? 64 : bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(At("etc/ld.so.cache"), i % 10 == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
            using var source = RandomAccessFile.Open(bash);

            // Nothing is in this root but the cache: whatever it says, there is no library.
            Assert.All(
                new LibraryResolver(new DirectoryRoot(_folder.Path), []).Resolve(source, "/program"),
                edge => Assert.Equal(ElfLibraryStatus.Missing, edge.Status));
        }
    }

    // Some libraries name a loader, too. For a program that gets another user's rights the loader ignores the variable,
    // and the program would run.
    private static bool IsPlainProgram(string path) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.OtherExecute))
            == UnixFileMode.OtherExecute;

    private static bool IsForThisLoader(string path)
    {
        try
        {
            using var source = RandomAccessFile.Open(path);
            return ElfInspector.TryInspect(source, ElfFacts.Linkage) is { Interpreter: Loader };
        }
        catch (Exception e) when (e is GoCross.Errors.GoCrossException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IReadOnlyList<ElfLibrary> Resolve(LibraryResolver resolver, string program)
    {
        using var source = RandomAccessFile.Open(program);
        return resolver.Resolve(source, program);
    }

    // The loader lists each object once, in the order in which it was loaded, and itself where it stands in the list. A
    // name that begins with $ORIGIN it lists as what it stands for; GoCross as it stands in the file.
    private static void AssertSame(
        List<(string Name, string? Path)> expected, IReadOnlyList<ElfLibrary> actual, string program)
    {
        string[] real = [.. expected
            .Where(item => item.Path != Loader && !item.Name.StartsWith("linux-vdso", StringComparison.Ordinal))
            .Select(item => $"{item.Name} => {item.Path}")];
        string[] told = [.. actual
            .Where(edge => edge.Rule is not (ElfLibraryRule.AlreadyLoaded or ElfLibraryRule.Interpreter))
            .Select(edge => $"{(edge.Name[0] == '$' ? edge.TargetPath : edge.Name)} => {edge.TargetPath}")];
        Assert.True(real.SequenceEqual(told), $"{program}:\n{string.Join('\n', real)}\n---\n{string.Join('\n', told)}");
    }

    private static ElfLibrary Edge(IReadOnlyList<ElfLibrary> edges, string name) => edges.First(edge => edge.Name == name);

    private static (string? Path, ElfLibraryRule Rule) Place(IReadOnlyList<ElfLibrary> edges)
    {
        ElfLibrary edge = edges.First(edge => edge.Name.EndsWith("liba.so", StringComparison.Ordinal));
        return (edge.TargetPath, edge.Rule);
    }

    private IReadOnlyList<ElfLibrary> Check(string program, string? libraryPath = null)
    {
        IReadOnlyList<ElfLibrary> edges = Resolve(
            new LibraryResolver(new DirectoryRoot("/"), libraryPath is null ? [] : [libraryPath]), program);
        if (HasLoader)
        {
            AssertSame(RealLoader.Glibc(program, libraryPath), edges, program);
        }

        return edges;
    }

    private void Library(
        string path, string libraries, string needs = ".", string? flags = null, string? soName = null, string? source = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        Compile(path, source ?? "int f(void) { return 1; }\n", libraries, needs, ["-shared", "-fPIC", "-Wl,-soname," + (soName ?? Path.GetFileName(path)), .. Flags(flags)]);
    }

    private string Link(string path, string libraries, string needs = ".", string? flags = null, string? source = null)
    {
        Compile(path, source ?? "int main(void) { return 0; }\n", libraries, needs, ["-Wl,--allow-shlib-undefined", .. Flags(flags)]);
        return At(path);
    }

    private static string[] Flags(string? flags) => flags?.Split(' ') ?? [];

    private void Compile(string path, string source, string libraries, string needs, string[] flags)
    {
        string code = At(Path.GetFileName(path) + ".c");
        File.WriteAllText(code, source);
        Programs.Output("gcc",
        [
            "-o", At(path), code, "-L", At(needs), "-Wl,--no-as-needed", .. flags,
            .. libraries.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
    }

    private static void CopyInto(string root, string file, string path)
    {
        string target = Path.Combine(root, path[1..]);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target, overwrite: true);
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
