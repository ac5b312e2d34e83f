using GoCross.Errors;
using GoCross.Files;
using GoCross.Libraries;
using GoCross.Tests.Elf;

namespace GoCross.Tests.Libraries;

public sealed class DirectoryRootTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public void Absolute_links_start_at_the_root_again_and_no_dots_lead_out_of_it()
    {
        Directory.CreateDirectory(At("usr/lib/deep"));
        File.WriteAllText(At("usr/lib/deep/file"), "x");
        File.CreateSymbolicLink(At("lib"), "/usr/lib");
        File.CreateSymbolicLink(At("usr/lib/up"), "../../../../../../usr/lib/deep");
        File.CreateSymbolicLink(At("usr/lib/etc"), "/etc");
        var root = new DirectoryRoot(_folder.Path);

        Assert.Equal("/usr/lib/deep/file", root.RealPath("/lib/deep/file"));
        Assert.Equal("/usr/lib/deep/file", root.RealPath("/lib/up/./file"));
        Assert.Equal("/usr", root.RealPath("/lib/.."));
        Assert.Equal("/", root.RealPath("/../.."));
        Assert.Null(root.RealPath("/lib/etc/passwd"));
        Assert.Null(root.RealPath("/lib/nothing"));
        Assert.Equal(At("usr/lib"), root.OutsideName("/usr/lib"));
    }

    [UnixFact]
    public void Links_in_a_circle_lead_nowhere()
    {
        File.CreateSymbolicLink(At("a"), "b");
        File.CreateSymbolicLink(At("b"), "/a");

        Assert.Null(new DirectoryRoot(_folder.Path).RealPath("/a"));
    }

    [UnixFact]
    public void What_is_remembered_of_hundreds_of_thousands_of_paths_takes_little_memory()
    {
        // Kept, each name and its two entries would take some 250 bytes: 75 MB in all.
        var root = new DirectoryRoot(_folder.Path);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 300_000; i++)
        {
            Assert.Null(root.RealPath($"/no-program-{i}"));
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32L * 1024 * 1024);
        GC.KeepAlive(root);
    }

    [Fact]
    public void A_root_that_is_not_there_is_an_error() =>
        Assert.Equal("PathNotFound", Assert.Throws<GoCrossException>(() => new DirectoryRoot(At("nothing"))).ErrorId);

    [ToolFact("bash", "unshare")]
    public void In_a_root_of_its_own_a_program_gets_what_the_loader_loads_there()
    {
        // bash, its libraries in a folder that only an absolute link of the root leads to, and no cache.
        string bash = Tools.Require("bash");
        IReadOnlyList<ElfLibrary> here = Resolve("/", bash, bash);
        Directory.CreateDirectory(At("opt/libraries"));
        Directory.CreateDirectory(At("lib"));
        foreach (ElfLibrary edge in here.Where(edge => edge.Rule != ElfLibraryRule.AlreadyLoaded))
        {
            string target = edge.Rule == ElfLibraryRule.Interpreter
                ? At(edge.TargetPath![1..])
                : At(Path.Combine("opt/libraries", edge.Name));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(edge.Path!, target);
        }

        File.Copy(bash, At("program"));
        string system = Path.GetDirectoryName(here.First(edge => edge.Name == "libc.so.6").TargetPath)!;
        Directory.CreateDirectory(Path.GetDirectoryName(At(system[1..]))!);
        File.CreateSymbolicLink(At(system[1..]), "/opt/libraries");

        IReadOnlyList<ElfLibrary> there = Resolve(_folder.Path, At("program"), "/program");

        Assert.All(there, edge => Assert.Equal(ElfLibraryStatus.Found, edge.Status));
        Assert.All(there, edge => Assert.StartsWith(_folder.Path, edge.Path, StringComparison.Ordinal));
        Assert.Contains(there, edge => edge.Name == "libc.so.6" && edge.Rule == ElfLibraryRule.DefaultDirectory
            && edge.TargetPath == system + "/libc.so.6" && edge.Path == At("opt/libraries/libc.so.6"));
        if (EmptyRoot.IsPossible)
        {
            Assert.Equal(0, Programs.Run("unshare", [.. EmptyRoot.Unshare, $"--root={_folder.Path}", "/program", "-c", "exit 0"]).ExitCode);
        }

        // Without the loader, and without a library, both are told.
        File.Delete(At(there.First(edge => edge.Rule == ElfLibraryRule.Interpreter).TargetPath![1..]));
        File.Delete(At("opt/libraries/libc.so.6"));
        Assert.Equal(
            [ElfLibraryStatus.Missing, ElfLibraryStatus.Missing],
            Resolve(_folder.Path, At("program"), "/program")
                .Where(edge => edge.Depth == 1 && (edge.Name.Contains("/ld-", StringComparison.Ordinal) || edge.Name == "libc.so.6"))
                .Select(edge => edge.Status));
    }

    private static IReadOnlyList<ElfLibrary> Resolve(string root, string program, string inside)
    {
        using var source = RandomAccessFile.Open(program);
        return new LibraryResolver(new DirectoryRoot(root), []).Resolve(source, inside);
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
