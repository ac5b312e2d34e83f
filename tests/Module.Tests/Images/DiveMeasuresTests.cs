using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>
/// dive's numbers, quirk by quirk, each derived by hand from dive's published algorithm (wagoodman/dive d6c6919,
/// efficiency.go, file_tree.go, analysis.go). A table in a comment has a path's mentions by layer; sum is of all of them,
/// least is the smallest: score = all leasts / all sums, wasted = the sums of the paths with two mentions or more.
/// </summary>
public sealed class DiveMeasuresTests
{
    [Fact]
    public void A_replaced_file_wastes_all_of_its_copies()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory("etc").File("etc/a", Bytes(100)).File("b", Bytes(50)),
            new TarBytes().Directory("etc").File("etc/a", Bytes(300)));

        // /etc/a 100, 300: sum 400, least 100. /b 50: 50, 50. etc is not a leaf in either layer. User bytes: layer 1, 300.
        AssertDive(measures, least: 150, sum: 450, wasted: 400, user: 300);
        Assert.Equal([new DivePath("/etc/a", 400, 2)], measures.GetDivePaths());
    }

    [Fact]
    public void A_removed_file_has_the_size_0_in_the_layer_that_removes_it()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("a", Bytes(100)).File("b", Bytes(50)),
            new TarBytes().File(".wh.a", "").File("c", Bytes(10)));

        // /a 100, 0: sum 100, least 0. /b 50. /c 10. The whiteout mentions /a: 2 mentions, 100 wasted.
        AssertDive(measures, least: 60, sum: 160, wasted: 100, user: 10);
    }

    [Fact]
    public void A_removed_directory_counts_all_it_held_and_raises_the_score()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory("d").File("d/x", Bytes(100)).Directory("d/e").File("d/e/y", Bytes(30)).File("z", Bytes(20)),
            new TarBytes().File("z", Bytes(20)),
            new TarBytes().File(".wh.d", ""));

        // /d/x 100, /d/e/y 30 once each. /z 20, 20: sum 40, least 20. /d is a leaf only as a whiteout: 130 (100 + 30, the
        // directories 0), once: no waste. Without the removal the score were 150/170, with it 280/300.
        AssertDive(measures, least: 280, sum: 300, wasted: 40, user: 20);
    }

    [Fact]
    public void A_directory_that_was_empty_in_its_layer_is_a_leaf()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory("d").File("f", Bytes(10)),
            new TarBytes().Directory("d"));

        // /d 0, 0: two mentions and no bytes.
        AssertDive(measures, least: 10, sum: 10, wasted: 0, user: 0);
        Assert.Equal([new DivePath("/d", 0, 2)], measures.GetDivePaths());
        Assert.True(double.IsNaN(measures.DiveUserWastedPercent));
    }

    [Fact]
    public void A_directory_of_no_entry_is_no_directory_and_its_removal_counts_nothing()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("d/x", Bytes(100)),
            new TarBytes().File(".wh.d", ""));

        // The lower layer has no header for d. So /d is 0, once; /d/x is 100, once.
        AssertDive(measures, least: 100, sum: 100, wasted: 0, user: 0);
    }

    [Fact]
    public void A_layer_that_has_no_entry_for_a_directory_makes_the_one_below_none()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory("d").File("d/x", Bytes(100)),
            new TarBytes().File("d/y", Bytes(40)),
            new TarBytes().File(".wh.d", ""));

        // Layer 1's implicit d lies over layer 0's directory. With its header there, /d would count 140.
        AssertDive(measures, least: 140, sum: 140, wasted: 0, user: 40);
    }

    [Fact]
    public void A_whiteout_of_what_is_not_there_ends_its_layer_and_takes_1_off()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("a", Bytes(100)).File("z", Bytes(100)),
            new TarBytes().File("-first", Bytes(7)).File(".wh.none", "").File("a", Bytes(60)).File(".wh.z", ""));

        // In the order of the names: -first, .wh.none, .wh.z, a. The second is looked for below, is not there, and the
        // layer ends: /-first 7. /none stays at dive's mark for "no size yet", -1, which is added up like a size.
        AssertDive(measures, least: 100 + 100 + 7 - 1, sum: 207, wasted: 0, user: 67);
    }

    [Fact]
    public void What_a_layer_above_mentions_after_all_takes_nothing_off()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("a", Bytes(100)),
            new TarBytes().File(".wh.none", ""),
            new TarBytes().File("none", Bytes(5)));

        AssertDive(measures, least: 105, sum: 105, wasted: 0, user: 5);
    }

    [Fact]
    public void An_opaque_directory_hides_nothing_and_is_an_implicit_leaf()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory("d").File("d/x", Bytes(100)).Directory("e"),
            new TarBytes().File("d/.wh..wh..opq", "").File("e/.wh..wh..opq", ""),
            new TarBytes().File("d/x", Bytes(100)),
            new TarBytes().File(".wh.d", ""));

        // /d/x 100, 100: it was not hidden, but that changes nothing: sum 200, least 100. /d: a leaf of no size in layer 1,
        // which makes it no directory, so its removal in layer 3 is 0. /e: 0, 0.
        AssertDive(measures, least: 100, sum: 200, wasted: 200, user: 100);
        Assert.Equal(
            [new DivePath("/d/x", 200, 2), new DivePath("/d", 0, 2), new DivePath("/e", 0, 2)],
            measures.GetDivePaths());
    }

    [Fact]
    public void A_hard_link_has_the_size_of_its_header()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("f", Bytes(100)).HardLink("l", "f"),
            new TarBytes().HardLink("l", "f"),
            new TarBytes().Raw(TarBytes.Header("k", 30, '1', link: "f"), []).Raw(TarBytes.Header("k2", 0, '2', link: "f"), []));

        // /l 0, 0. /k is a hard link whose header states 30 bytes with no content, as star writes it.
        AssertDive(measures, least: 130, sum: 130, wasted: 0, user: 30);
        Assert.Equal([new DivePath("/l", 0, 2)], measures.GetDivePaths());
    }

    [Fact]
    public void A_file_over_a_directory_keeps_what_was_in_it()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory("d").File("d/x", Bytes(100)),
            new TarBytes().File("d", Bytes(10)),
            new TarBytes().File("d/.wh.x", ""),
            new TarBytes().File(".wh.d", ""));

        // d/x is found in layer 2, though nobody sees it since layer 1: /d/x 100, 0. /d 10 in layer 1; in layer 3 it is
        // no directory (layer 2 has no header for it): 0.
        AssertDive(measures, least: 0, sum: 110, wasted: 110, user: 10);
    }

    [Fact]
    public void A_whiteout_comes_before_its_file_or_after_it_by_their_names()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory(".a").File(".a/x", Bytes(100)).Directory("z").File("z/x", Bytes(100)),
            new TarBytes().Directory(".a").File(".a/y", Bytes(10)).File(".wh..a", "").Directory("z").File("z/y", Bytes(10)).File(".wh.z", ""),
            new TarBytes().File(".wh.z", ""),
            new TarBytes().File(".wh..a", "").File("q", Bytes(3)));

        // Layer 1: /.a and /z are removed: 100 each, and mentioned once. ".a" sorts before ".wh..a": as the layer is laid,
        // its own .a goes, too. "z" sorts behind ".wh.z": layer 1's z is there, with y only. So layer 2 finds z, 10, and
        // layer 3 finds no .a, and ends before q.
        // /.a/x 100, /z/x 100, /.a/y 10, /z/y 10; /.a 100; /z 100, 10.
        AssertDive(measures, least: 220 + 100 + 10, sum: 220 + 100 + 110, wasted: 110, user: 23);
    }

    [Fact]
    public void The_lowest_layer_looks_into_itself()
    {
        ImageMeasures measures = Measure(
            new TarBytes().Directory("d").File("d/x", Bytes(100)).File(".wh.d", ""),
            new TarBytes().File(".wh.d", ""));

        // /d/x 100. In layer 0 /d is found beside its whiteout: 100. As layer 0 is laid over its copy the whiteout removes
        // d, and then d is put there again (its name sorts behind): 100 in layer 1.
        AssertDive(measures, least: 200, sum: 300, wasted: 200, user: 0);
    }

    [Fact]
    public void Names_of_AUFS_with_two_dots_are_left_out_and_with_one_dot_are_whiteouts()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("a", Bytes(10)).Directory(".wh..wh..orph").File(".wh..wh..orph/x", Bytes(99)).Directory(".wh..wh.plnk"),
            new TarBytes().File("b", Bytes(5)));

        // .wh..wh..orph and all in it are not nodes. .wh..wh.plnk is a whiteout of .wh.plnk, which is not there: the layer
        // ends before a, and 1 goes off. /b 5.
        AssertDive(measures, least: 5 - 1, sum: 5, wasted: 0, user: 5);
    }

    [Fact]
    public void An_image_of_no_bytes_is_wholly_efficient()
    {
        AssertDive(Measure(new TarBytes()), least: 1, sum: 1, wasted: 0, user: 0);
        AssertDive(Measure(new TarBytes().Directory("d"), new TarBytes().File(".wh.d", "")), least: 1, sum: 1, wasted: 0, user: 0);
    }

    [Fact]
    public void User_bytes_are_those_of_all_entries_above_the_lowest_layer_and_may_be_less_than_what_is_wasted()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("a", Bytes(100)),
            new TarBytes().File(".wh.a", "12345").File("x", Bytes(10)).File("x", Bytes(15)));

        // /a 100, 0: the whiteout's own size is none of it. /x 15: the last entry counts. User: 5 + 10 + 15.
        AssertDive(measures, least: 15, sum: 115, wasted: 100, user: 30);
        Assert.Equal(100.0 / 30, measures.DiveUserWastedPercent);
    }

    [Fact]
    public void Names_that_only_a_stranger_writes_are_no_error()
    {
        // A directory that is called like a whiteout and has no entry, with only names of AUFS in it.
        ImageMeasures measures = Measure(
            new TarBytes().File("a", Bytes(10)),
            new TarBytes().File(".wh.q/.wh..wh..x/y", Bytes(5)).File(".wh.q/.wh..wh..opq", ""),
            new TarBytes().File(".wh.d/e", Bytes(7)).File(".wh.d/.wh.f/g", Bytes(1)));

        // Layer 1: the leaf .wh.q is a whiteout of /q, which no layer has: -1. Layer 2: /.wh.d/e 7 and /.wh.d/.wh.f/g 1.
        AssertDive(measures, least: 10 - 1 + 7 + 1, sum: 18, wasted: 0, user: 13);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Whiteouts_in_whiteouts_cost_what_they_name_once()
    {
        // 1,000 directories in each other with 50,000 files at the bottom, and a whiteout of each: a sum of its own for
        // each would be 50,000,000 looks a layer, and layers laid anew for each as much again.
        string bottom = string.Concat(Enumerable.Repeat("d/", 1000));
        var below = new TarBytes();
        for (int i = 0; i < 50_000; i++)
        {
            below.Pax(("path", System.Text.Encoding.ASCII.GetBytes($"{bottom}{i}"))).Raw(TarBytes.Header("x", 1, '0'), [1]);
        }

        var above = new TarBytes();
        for (int depth = 0; depth < 1000; depth++)
        {
            above.Pax(("path", System.Text.Encoding.ASCII.GetBytes($"{bottom[..(2 * depth)]}.wh.d"))).Raw(TarBytes.Header("x", 0, '0'), []);
        }

        ImageMeasures measures = Measure(below, above);

        // No directory has a header: each whiteout is 0. All but the deepest are found; so is that.
        Assert.Equal(1.0, measures.DiveEfficiency);
    }

    private static byte[] Bytes(int count) => new byte[count];

    private static ImageMeasures Measure(params TarBytes[] layers) =>
        TestImage.Read(TestImage.DockerArchive([.. layers.Select(layer => layer.End())])).Measure();

    private static void AssertDive(ImageMeasures measures, long least, long sum, long wasted, long user)
    {
        Assert.Equal((double)least / sum, measures.DiveEfficiency);
        Assert.Equal(wasted, measures.DiveWastedBytes);
        Assert.Equal(user, measures.DiveUserBytes);
    }
}
