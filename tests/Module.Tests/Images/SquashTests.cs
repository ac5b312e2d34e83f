using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>
/// The file system that layers make. Each expectation follows from OCI image-spec, layer.md, "Applying Changesets" and
/// "Whiteouts", as the comment derives it. A line is: path, type, size, @ the layer that it comes from.
/// </summary>
public sealed class SquashTests
{
    [Fact]
    public void A_whiteout_removes_a_file_and_a_whole_directory_of_the_layers_below()
    {
        string[] tree = Squash(
            new TarBytes().Directory("a").File("a/x", "1").File("a/y", "22").Directory("b").Directory("b/c").File("b/c/z", "333"),
            new TarBytes().File("a/.wh.x", "").File(".wh.b", ""));

        // a/x goes by its whiteout; b goes with all that is in it; the whiteouts themselves are not files.
        Assert.Equal(["/a Directory 0 @0", "/a/y File 2 @0"], tree);
    }

    [Fact]
    public void A_whiteout_is_about_layers_below_wherever_it_stands_in_its_layer()
    {
        // Layer 1 has a/new before the whiteout of a, and b/new after the whiteout of b: both remain, the old ones go.
        string[] tree = Squash(
            new TarBytes().File("a/old", "1").File("b/old", "1"),
            new TarBytes().File("a/new", "22").File(".wh.a", "").File(".wh.b", "").File("b/new", "22"));

        Assert.Equal(["/a implied", "/a/new File 2 @1", "/b implied", "/b/new File 2 @1"], tree);
    }

    [Fact]
    public void An_opaque_directory_hides_what_is_below_and_keeps_what_its_own_layer_puts_in()
    {
        string[] tree = Squash(
            new TarBytes().Directory("d").File("d/old", "1").Directory("d/sub").File("d/sub/old", "1").File("e", "1"),
            new TarBytes().File("d/new", "22").File("d/.wh..wh..opq", ""));

        // d stays (it is opaque, not gone), its old children go whole, e is untouched.
        Assert.Equal(["/d Directory 0 @0", "/d/new File 2 @1", "/e File 1 @0"], tree);
    }

    [Fact]
    public void A_file_over_a_directory_removes_what_was_in_it()
    {
        string[] tree = Squash(
            new TarBytes().Directory("d").File("d/x", "1"),
            new TarBytes().File("d", "22"));

        Assert.Equal(["/d File 2 @1"], tree);
    }

    [Fact]
    public void A_directory_over_a_directory_keeps_what_was_in_it()
    {
        string[] tree = Squash(
            new TarBytes().Directory("d").File("d/x", "1"),
            new TarBytes().Directory("d", mode: 0x1C0));

        Assert.Equal(["/d Directory 0 @1", "/d/x File 1 @0"], tree);
    }

    [Fact]
    public void Something_below_a_file_makes_it_a_directory()
    {
        // An overlay mount shows the upper layer's directory, whatever the lower layer has there.
        string[] tree = Squash(new TarBytes().File("a", "1"), new TarBytes().File("a/b", "22"));

        Assert.Equal(["/a implied", "/a/b File 2 @1"], tree);
    }

    [Fact]
    public void The_last_of_several_entries_of_one_path_counts()
    {
        string[] tree = Squash(new TarBytes().File("a", "1").File("./a", "22").File("/a", "333"));

        Assert.Equal(["/a File 3 @0"], tree);
    }

    [Fact]
    public void A_hard_link_is_the_file_it_names_in_its_layer_or_below()
    {
        // Layer 1 links to layer 0's file, and then replaces that file: the link keeps the old content (4 bytes, layer
        // 0), as an inode does. Inside layer 0, l is f.
        string[] tree = Squash(
            new TarBytes().File("f", "1234").HardLink("l", "f"),
            new TarBytes().HardLink("m", "/f").File("f", "22"));

        Assert.Equal(["/f File 2 @1", "/l File 4 @0", "/m File 4 @0"], tree);
    }

    [Fact]
    public void A_hard_link_may_stand_before_its_file_or_name_nothing()
    {
        string[] tree = Squash(new TarBytes().HardLink("early", "f").HardLink("nowhere", "gone").File("f", "1234"));

        Assert.Equal(["/early File 4 @0", "/f File 4 @0", "/nowhere HardLink 0 @0 -> gone"], tree);
    }

    [Fact]
    public void Names_of_AUFS_are_no_files_and_remove_nothing()
    {
        string[] tree = Squash(
            new TarBytes().File("wh.plnk", "1"),
            new TarBytes().Directory(".wh..wh.plnk").File(".wh..wh.aufs", ""));

        Assert.Equal(["/wh.plnk File 1 @0"], tree);
    }

    [Fact]
    public void A_whiteout_of_what_is_not_there_does_nothing()
    {
        string[] tree = Squash(new TarBytes().File("a", "1"), new TarBytes().File(".wh.none", "").File("x/y/.wh.z", ""));

        Assert.Equal(["/a File 1 @0"], tree);
    }

    [Fact]
    public void A_removed_directory_can_come_back_with_new_content()
    {
        string[] tree = Squash(
            new TarBytes().Directory("d").File("d/x", "1").File("d/y", "1"),
            new TarBytes().File(".wh.d", ""),
            new TarBytes().Directory("d").File("d/x", "333"));

        Assert.Equal(["/d Directory 0 @2", "/d/x File 3 @2"], tree);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void A_directory_that_comes_and_goes_costs_what_is_there_and_not_what_once_was()
    {
        // Layer 0 has 200,000 names in d. Layer 1 makes d a file and a directory with one file, 100,000 times each: if each
        // time were to look at all the names, that would be 20,000,000,000 looks, some minutes. It is 200,000.
        var names = new TarBytes();
        for (int i = 0; i < 200_000; i++)
        {
            names.File($"d/{i}", "");
        }

        byte[] file = TarBytes.Header("d", 0, '0');
        byte[] below = TarBytes.Header("d/x", 0, '0');
        byte[] turns = [.. Enumerable.Range(0, 100_000).SelectMany(_ => (byte[][])[file, below]).SelectMany(header => header), .. new byte[1024]];
        using var folder = new GoCross.Files.TemporaryDirectory();
        ImageLocation location = TestImage.Save(folder.Path, TestImage.DockerArchive([names.End(), turns]));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        string[] tree = TestImage.Tree(TestImage.Read(location));

        Assert.Equal(["/d implied", "/d/x File 0 @1"], tree);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
    }

    [Fact]
    public void Paths_cannot_leave_the_root()
    {
        string[] tree = Squash(new TarBytes().File("../../etc/passwd", "1").File("/abs", "1").File("a/../../b", "1").File("./c/./d//e", "1"));

        Assert.Equal(
            ["/abs File 1 @0", "/b File 1 @0", "/c implied", "/c/d implied", "/c/d/e File 1 @0", "/etc implied", "/etc/passwd File 1 @0"], tree);
    }

    private static string[] Squash(params TarBytes[] layers) =>
        TestImage.Tree(TestImage.Read(TestImage.DockerArchive([.. layers.Select(layer => layer.End())])));
}
