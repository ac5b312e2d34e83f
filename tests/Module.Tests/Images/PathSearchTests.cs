using GoCross.Files;
using GoCross.Gates;
using GoCross.Images;
using GoCross.Reports;

namespace GoCross.Tests.Images;

/// <summary>
/// Paths that a user names, looked up through an image's own links. The layers are unpacked by GNU tar, and what a pattern
/// means there, find -L -path tells: it follows links, and its * is any text, slashes included.
/// </summary>
public sealed class PathSearchTests
{
    // Debian's links, and some of one's own: a chain of them, one up and down again, one through a directory that is
    // itself reached by a link, and one to a directory beside a longer way.
    private static readonly byte[] Merged = new TarBytes()
        .Directory("usr").Directory("usr/bin").Directory("usr/lib").Directory("usr/lib/x")
        .File("usr/bin/dash", "#").SymbolicLink("usr/bin/sh", "dash").File("usr/bin/[", "#").File("usr/lib/libc.so.6", "1")
        .File("usr/lib/x/libm.so.6", "1").SymbolicLink("bin", "usr/bin").SymbolicLink("lib", "usr/lib").SymbolicLink("lib64", "lib")
        .Directory("run").Directory("run/lock").File("run/docker.sock", "").Directory("var").SymbolicLink("var/run", "../run")
        .Directory("opt").SymbolicLink("opt/tools", "../usr/../bin").SymbolicLink("opt/x", "../lib64/x").SymbolicLink("opt/gone", "nothing")
        .File("app", "a").End();

    [ToolTheory("tar", "find", "realpath")]
    [InlineData("/bin/sh")]
    [InlineData("/usr/bin/sh")]
    [InlineData("/bin/dash")]
    [InlineData("/bin")]
    [InlineData("/bin/")]
    [InlineData("/bin/*")]
    [InlineData("/b*/sh")]
    [InlineData("/*/sh")]
    [InlineData("*/tools/sh")]
    [InlineData("/opt/tools/d?sh")]
    [InlineData("/lib64/libc.so.*")]
    [InlineData("/lib64/x/*")]
    [InlineData("/opt/x/*.so.6")]
    [InlineData("/opt/gone")]
    [InlineData("/opt/gone/x")]
    [InlineData("/var/run/docker.sock")]
    [InlineData("/var/run/*")]
    [InlineData("*run/lock")]
    [InlineData("bin/sh")]
    [InlineData("/nothing/*")]
    [InlineData("/app/x")]
    [InlineData("/*")]
    public void A_pattern_means_what_find_finds_through_links(string pattern)
    {
        using var folder = new TemporaryDirectory();
        string root = Unpack(folder.Path, Merged);

        string[] paths = Forbidden([Merged], pattern, out GateResult result);

        Assert.Equal(Find(root, pattern), paths);
        Assert.Equal(paths.Length == 0, result.Passed);
    }

    [ToolFact("tar", "find", "realpath")]
    public void Links_in_a_circle_and_to_the_root_end()
    {
        byte[] layer = new TarBytes()
            .Directory("usr").Directory("usr/bin").SymbolicLink("usr/bin/X11", ".").File("usr/bin/x", "1")
            .SymbolicLink("a", "b").SymbolicLink("b", "a").Directory("self").SymbolicLink("self/up", "..").End();

        // Through X11 there are endlessly many names for it, and one file.
        Assert.Equal(["/usr/bin/x"], Forbidden([layer], "/usr/bin/X11/x", out _));
        Assert.Equal(["/usr/bin/x"], Forbidden([layer], "/usr/bin/X11/X11/X11/x", out _));
        Assert.Equal(["/usr/bin/x"], Forbidden([layer], "/self/up/usr/*/x", out _));
        Assert.Empty(Forbidden([layer], "/a/x", out _));
    }

    [Fact]
    public void A_thousand_links_to_a_directory_of_a_thousand_files_cost_no_million_steps()
    {
        // 2,000 links to one directory and 2,000 links in it that lead back: each directory is entered once a state.
        var tar = new TarBytes().Directory("d");
        for (int i = 0; i < 2000; i++)
        {
            tar.SymbolicLink($"l{i}", "d").SymbolicLink($"d/l{i}", ".").File($"d/f{i}", "");
        }

        byte[] layer = tar.End();
        var time = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(2000, Forbidden([layer], "*/l*/*/f*", out _).Length);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), time.Elapsed.ToString());
    }

    [Fact]
    public void What_layers_above_remove_is_found_through_the_links_of_its_layer()
    {
        byte[] lower = new TarBytes().Directory("usr").Directory("usr/bin").File("usr/bin/key", "1").SymbolicLink("bin", "usr/bin").End();
        byte[] upper = new TarBytes().File("usr/bin/.wh.key", "").File(".wh.bin", "").End();

        string[] paths = Forbidden([lower, upper], "/bin/key", out GateResult result, inLayers: true);

        Assert.False(result.Passed);
        Assert.Equal(["/usr/bin/key (in layer 0, removed above)"], paths);
        Assert.True(Test([lower, upper], new ImageGates { ForbiddenPaths = ["/bin/key"] }).Passed);
    }

    // What was a link in one layer may be a directory in another, or lead elsewhere: what a container of any of them had at
    // the path counts.
    [Theory]
    [InlineData("/app/key", "/app/key (in layer 1, removed above) /opt/a/key (in layer 0, removed above)")]
    [InlineData("/etc/app/key", "/opt/a/key (in layer 0, removed above) /opt/b/key (in layer 2, removed above)")]
    public void Of_layers_that_turn_a_link_into_something_else_each_counts(string pattern, string expected)
    {
        byte[] first = new TarBytes().Directory("opt").Directory("opt/a").File("opt/a/key", "1")
            .SymbolicLink("app", "opt/a").Directory("etc").SymbolicLink("etc/app", "/opt/a").End();
        byte[] second = new TarBytes().File("opt/a/.wh.key", "").Directory("app").File("app/key", "2").End();
        byte[] third = new TarBytes().File("app/.wh.key", "").Directory("opt/b").File("opt/b/key", "3").SymbolicLink("etc/app", "/opt/b").End();
        byte[] last = new TarBytes().File("opt/b/.wh.key", "").SymbolicLink("etc/app", "/opt").End();

        Assert.Equal(expected, string.Join(' ', Forbidden([first, second, third, last], pattern, out _, inLayers: true)));
    }

    [Fact]
    public void A_setuid_file_that_may_be_so_may_be_named_through_a_link()
    {
        byte[] layer = new TarBytes().Directory("usr").Directory("usr/bin").File("usr/bin/su", "1", mode: 0x9ED).SymbolicLink("bin", "usr/bin").End();

        Assert.False(Test([layer], new ImageGates { ForbidSetuid = true }).Passed);
        Assert.True(Test([layer], new ImageGates { ForbidSetuid = true, AllowedSetuid = ["/bin/su"] }).Passed);
    }

    [Theory]
    [InlineData("/usr/bin/[", "/usr/bin/[")]
    [InlineData(@"/usr/bin/\*", "")]
    [InlineData("sh", "/usr/bin/sh")]
    [InlineData("s?", "/usr/bin/sh")]
    [InlineData("*.6", "/usr/lib/libc.so.6 /usr/lib/x/libm.so.6")]
    public void Names_and_escapes_are_what_they_were(string pattern, string expected) =>
        Assert.Equal(expected, string.Join(' ', Forbidden([Merged], pattern, out _)));

    private static string[] Forbidden(byte[][] layers, string pattern, out GateResult result, bool inLayers = false)
    {
        result = Test(layers, new ImageGates { ForbiddenPaths = [pattern], ForbidInLayers = inLayers });
        return [.. result.Paths];
    }

    private static GateResult Test(byte[][] layers, ImageGates gates)
    {
        using var folder = new TemporaryDirectory();
        ImageLocation location = TestImage.Save(folder.Path, TestImage.DockerArchive(layers));
        using OpenImage open = new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();
        return Assert.Single(gates.Test(open, CancellationToken.None));
    }

    private static string Unpack(string folder, byte[] layer)
    {
        string archive = Path.Combine(folder, "layer.tar");
        File.WriteAllBytes(archive, layer);
        string root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        Programs.Output("tar", ["-xf", archive, "-C", root]);
        return root;
    }

    // Each path that find prints, with the links of its directory followed, as it is itself.
    private static string[] Find(string root, string pattern)
    {
        string whole = (pattern[0] is '/' or '*' ? "" : "/") + pattern + (pattern.EndsWith('/') ? "*" : "");
        string real = Programs.Output("realpath", [root]).Trim();
        return
        [
            .. Programs.Output("find", ["-L", root, "-mindepth", "1", "-path", root + whole])
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(path => Programs.Output("realpath", [Path.GetDirectoryName(path)!]).Trim()[real.Length..] + "/" + Path.GetFileName(path))
                .Distinct().Order(StringComparer.Ordinal),
        ];
    }
}
