using GoCross.Elf;
using GoCross.Files;
using GoCross.Libraries;

namespace GoCross.Tests.Libraries;

/// <summary>Which libraries a program gets, said by GoCross and by musl's own loader.</summary>
public sealed class MuslLoaderTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact("musl-gcc")]
    public void The_C_library_is_the_loader_by_any_of_its_names()
    {
        string program = Link("program", "", needs: ".");

        ElfLibrary edge = Assert.Single(Check(program), edge => edge.Name.StartsWith("libc.", StringComparison.Ordinal));

        Assert.Equal(ElfLibraryStatus.Builtin, edge.Status);
    }

    [ToolFact("musl-gcc")]
    public void A_RUNPATH_is_for_the_libraries_too()
    {
        Library("lib/libb.so", "");
        Library("lib/liba.so", "-lb", needs: "lib");
        string program = Link("program", "-la", needs: "lib", flags: $"-Wl,--enable-new-dtags,-rpath,{At("lib")}");

        ElfLibrary edge = Edge(Check(program), "libb.so");

        Assert.Equal((ElfLibraryStatus.Found, ElfLibraryRule.RunPath), (edge.Status, edge.Rule));
    }

    [ToolFact("musl-gcc")]
    public void LibraryPath_comes_before_an_RPATH()
    {
        Library("own/liba.so", "");
        Library("given/liba.so", "");
        string program = Link("program", "-la", needs: "own", flags: $"-Wl,--disable-new-dtags,-rpath,{At("own")}");

        ElfLibrary edge = Edge(Check(program, At("given")), "liba.so");

        Assert.Equal((At("given/liba.so"), ElfLibraryRule.LibraryPath), (edge.TargetPath, edge.Rule));
    }

    [ToolFact("musl-gcc")]
    public void Origin_is_the_folder_of_the_path_that_was_taken()
    {
        Library("real/libb.so", "");
        Library("links/libb.so", "");
        Library("real/liba.so", "-lb", needs: "real", flags: "-Wl,--enable-new-dtags,-rpath,$ORIGIN");
        File.CreateSymbolicLink(At("links/liba.so"), At("real/liba.so"));
        string program = Link("program", "-la", needs: "real", flags: $"-Wl,-rpath,{At("links")}");

        Assert.Equal(At("links/libb.so"), Edge(Check(program), "libb.so").TargetPath);
    }

    [ToolFact("musl-gcc")]
    public void A_list_with_an_unknown_token_is_not_used_at_all()
    {
        Library("lib/liba.so", "");
        string program = Link("program", "-la", needs: "lib", flags: $"-Wl,-rpath,$PLATFORM:{At("lib")}");

        Assert.Equal(ElfLibraryStatus.Missing, Edge(Check(program), "liba.so").Status);
    }

    [ToolFact("musl-gcc")]
    public void The_first_file_that_opens_is_taken_though_it_is_for_another_machine()
    {
        Library("own/liba.so", "");
        Directory.CreateDirectory(At("foreign"));
        byte[] bytes = File.ReadAllBytes(At("own/liba.so"));
        bytes[4] = 1; // EI_CLASS: ELFCLASS32
        File.WriteAllBytes(At("foreign/liba.so"), bytes);
        string program = Link("program", "-la", needs: "own", flags: $"-Wl,-rpath,{At("foreign")}:{At("own")}");

        ElfLibrary edge = Edge(Resolve(program, null), "liba.so");

        Assert.Equal((ElfLibraryStatus.FatalCandidate, At("foreign/liba.so")), (edge.Status, edge.TargetPath));
    }

    [ToolFact("musl-gcc")]
    public void An_empty_path_file_means_that_no_directory_is_searched()
    {
        string program = Link("program", "-la", needs: Libraryless("usr/lib/liba.so"));
        using var root = new TemporaryDirectory();
        Directory.CreateDirectory(Path.Combine(root.Path, "usr/lib"));
        File.Copy(At("usr/lib/liba.so"), Path.Combine(root.Path, "usr/lib/liba.so"));
        Directory.CreateDirectory(Path.Combine(root.Path, "etc"));
        string machine = Path.GetFileName(ElfInspector.Inspect(program).Interpreter!)["ld-musl-".Length..^".so.1".Length];

        Assert.Equal(ElfLibraryStatus.Found, Edge(ResolveIn(root.Path, program), "liba.so").Status);

        File.WriteAllText(Path.Combine(root.Path, $"etc/ld-musl-{machine}.path"), "");
        Assert.Equal(ElfLibraryStatus.Missing, Edge(ResolveIn(root.Path, program), "liba.so").Status);

        File.WriteAllText(Path.Combine(root.Path, $"etc/ld-musl-{machine}.path"), "/nowhere\n/usr/lib\n");
        Assert.Equal(ElfLibraryRule.DefaultDirectory, Edge(ResolveIn(root.Path, program), "liba.so").Rule);
    }

    private static IReadOnlyList<ElfLibrary> ResolveIn(string root, string program)
    {
        using var source = RandomAccessFile.Open(program);
        return new LibraryResolver(new DirectoryRoot(root), []).Resolve(source, "/program");
    }

    private static IReadOnlyList<ElfLibrary> Resolve(string program, string? libraryPath)
    {
        using var source = RandomAccessFile.Open(program);
        return new LibraryResolver(new DirectoryRoot("/"), libraryPath is null ? [] : [libraryPath]).Resolve(source, program);
    }

    private static ElfLibrary Edge(IReadOnlyList<ElfLibrary> edges, string name) => edges.First(edge => edge.Name == name);

    private static IReadOnlyList<ElfLibrary> Check(string program, string? libraryPath = null)
    {
        IReadOnlyList<ElfLibrary> edges = Resolve(program, libraryPath);
        string loader = ElfInspector.Inspect(program).Interpreter!;
        if (File.Exists(loader))
        {
            // It lists itself once, by the first name that was asked for, and the others in the order of loading.
            string[] real = [.. RealLoader.Musl(loader, program, libraryPath)
                .Where(item => item.Path != loader)
                .Select(item => $"{item.Name} => {item.Path}")];
            string[] told = [.. edges
                .Where(edge => edge.Rule is not (ElfLibraryRule.AlreadyLoaded or ElfLibraryRule.Interpreter))
                .Select(edge => $"{edge.Name} => {edge.TargetPath}")];
            Assert.Equal(real, told);
        }

        return edges;
    }

    private string Libraryless(string path)
    {
        Library(path, "");
        return Path.GetDirectoryName(path)!;
    }

    private void Library(string path, string libraries, string needs = ".", string? flags = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        Compile(path, "int f(void) { return 1; }\n", libraries, needs, ["-shared", "-fPIC", "-nostdlib", "-Wl,-soname," + Path.GetFileName(path), .. Flags(flags)]);
    }

    private string Link(string path, string libraries, string needs, string? flags = null)
    {
        Compile(path, "int main(void) { return 0; }\n", libraries, needs, ["-Wl,--allow-shlib-undefined", .. Flags(flags)]);
        return At(path);
    }

    private static string[] Flags(string? flags) => flags?.Split(' ') ?? [];

    private void Compile(string path, string source, string libraries, string needs, string[] flags)
    {
        string code = At(Path.GetFileName(path) + ".c");
        File.WriteAllText(code, source);
        Programs.Output("musl-gcc",
        [
            "-o", At(path), code, "-L", At(needs), "-Wl,--no-as-needed", .. flags,
            .. libraries.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
