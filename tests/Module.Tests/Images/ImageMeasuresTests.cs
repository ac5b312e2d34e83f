using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>What a rebuild would save, derived by hand from the file system that the layers make.</summary>
public sealed class ImageMeasuresTests
{
    [Fact]
    public void What_layers_above_replace_remove_and_hide_is_reclaimable()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("keep", Text('k', 1000)).File("replaced", Text('a', 100)).File("repeated", Text('r', 70))
                .Directory("gone").File("gone/x", Text('x', 30)).Directory("opaque").File("opaque/y", Text('y', 20)).File("dir", Text('d', 5)),
            new TarBytes().File("replaced", Text('b', 300)).File("repeated", Text('r', 70), mode: 0x1C0).File(".wh.gone", "")
                .File("opaque/.wh..wh..opq", "").File("dir/below", Text('n', 1)),
            new TarBytes().File("replaced", Text('c', 10)));

        // In the end: keep 1000, replaced 10, repeated 70 (layer 1's), dir/below 1. Layer 0 holds besides 100 + 70 + 30 + 20
        // + 5 = 225, layer 1 300.
        Assert.Equal(1081, measures.VisibleBytes);
        Assert.Equal(525, measures.ReclaimableBytes);
        Assert.Equal(1606, measures.Size);
        Assert.Equal(1081.0 / 1606, measures.Efficiency);
        Assert.Equal(
            [
                "/replaced 400 2 Replaced 0,1 2", "/repeated 70 1 Repeated 0 1", "/gone/x 30 1 Removed 0 ", "/opaque/y 20 1 Removed 0 ",
                "/dir 5 1 Removed 0 ",
            ],
            measures.GetWastedPaths().Select(path => $"{path.Path} {path.Bytes} {path.Count} {path.Cause} {string.Join(',', path.Layers)} {path.FinalLayer}"));
        Assert.Equal(5, measures.WastedPathCount);
        Assert.Equal([(225L, 1000L), (300L, 71L), (0L, 10L)], measures.Layers.Select(layer => (layer.WastedBytes, layer.VisibleBytes)));
    }

    [Fact]
    public void A_file_is_there_as_long_as_one_of_its_hard_links_is()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("f", Text('f', 100)).HardLink("l", "f").HardLink("m", "f").File("g", Text('g', 10)).HardLink("h", "g"),
            new TarBytes().File(".wh.f", "").File("l", Text('n', 1)).File(".wh.g", "").File(".wh.h", ""));

        // m still is the file of 100 bytes. g and h both are gone: 10 bytes, once.
        Assert.Equal(101, measures.VisibleBytes);
        Assert.Equal(10, measures.ReclaimableBytes);
        Assert.Equal(["/g"], measures.GetWastedPaths().Select(path => path.Path));
    }

    [Fact]
    public void The_same_layer_twice_is_waste_once()
    {
        byte[] layer = new TarBytes().File("a", Text('a', 100)).End();

        ImageMeasures measures = TestImage.Read(TestImage.DockerArchive([layer, layer])).Measure();

        Assert.Equal((100, 100), (measures.VisibleBytes, measures.ReclaimableBytes));
        Assert.Equal([100L, 0L], measures.Layers.Select(one => one.WastedBytes));
    }

    [Fact]
    public void The_same_path_twice_in_a_layer_is_waste_too()
    {
        ImageMeasures measures = Measure(new TarBytes().File("a", Text('a', 100)).File("a", Text('b', 7)).File("a", Text('c', 3)));

        WastedPath path = Assert.Single(measures.GetWastedPaths());
        Assert.Equal((107, 2, WasteCause.Replaced), (path.Bytes, path.Count, path.Cause));
        Assert.Equal([0], path.Layers);
    }

    [Fact]
    public void Equal_contents_are_told_apart_from_what_a_rebuild_saves()
    {
        ImageMeasures measures = Measure(
            new TarBytes().File("a/one", Text('s', 100)).File("b/two", Text('s', 100)).HardLink("c/link", "a/one").File("x", Text('x', 7)).File("empty", "").File("empty2", ""),
            new TarBytes().File("d/three", Text('s', 100), mode: 0x1FF).File("y", Text('x', 7)).File("z", Text('z', 100)).File("old", Text('s', 100)),
            new TarBytes().File(".wh.old", ""));

        // Three files of 100 equal bytes are there (a link is not a file of its own, and old is gone): sharing saves 200; two of
        // 7: 7. Empty files share nothing. What is reclaimable is old alone.
        Assert.Equal(207, measures.DuplicateBytes);
        Assert.Equal(100, measures.ReclaimableBytes);
        Assert.Equal(
            ["/a/one,/b/two,/d/three 100 3 200", "/x,/y 7 2 7"],
            measures.GetDuplicates().Select(content => $"{string.Join(',', content.Paths)} {content.Size} {content.Count} {content.Bytes}"));
    }

    [Fact]
    public void Layers_tell_what_they_add_change_and_remove()
    {
        ContainerImage image = Read(
            new TarBytes().Directory("d").File("d/a", "1").File("d/b", "1").SymbolicLink("link", "d").File("f", "1"),
            new TarBytes().File("d/a", "1").File(".wh.link", "").SymbolicLink("link", "f").File("new", "1").File("new", "2"),
            new TarBytes().File("d/.wh..wh..opq", "").File("d/b", "2"),
            new TarBytes().File(".wh.d", "").Directory("f").File("f/x", "1").File(".wh.none", ""),
            new TarBytes().File("f", "1").HardLink("hard", "new"));

        // 0: d/a, d/b, link, f. 1: d/a and link again, new once. 2: the opaque directory loses a, and b is written again.
        // 3: d/b goes with d, f becomes a directory, f/x is added. 4: f/x goes, f is a file again, hard is new.
        Assert.Equal(
            ["4 0 0", "1 2 0", "0 1 1", "1 0 2", "2 0 1"],
            image.Layers.Select(layer => $"{layer.FilesAdded} {layer.FilesChanged} {layer.FilesRemoved}"));
        Assert.Equal(
            image.Layers.Select(layer => (layer.FilesAdded, layer.FilesChanged, layer.FilesRemoved)),
            image.Measure().Layers.Select(layer => (layer.FilesAdded, layer.FilesChanged, layer.FilesRemoved)));
    }

    [Fact]
    public void An_image_of_no_bytes_wastes_none()
    {
        ImageMeasures measures = Measure(new TarBytes().Directory("d").SymbolicLink("l", "d"));

        Assert.Equal((1.0, 0, 0, 0), (measures.Efficiency, measures.Size, measures.ReclaimableBytes, measures.DuplicateBytes));
        Assert.Empty(measures.GetWastedPaths());
        Assert.Empty(measures.GetDuplicates());
    }

    [Fact]
    public void It_is_measured_once_and_can_be_stopped()
    {
        ContainerImage image = Read(new TarBytes().File("a", "1"));

        Assert.ThrowsAny<OperationCanceledException>(() => image.Measure(new CancellationToken(canceled: true)));
        Assert.Same(image.Measure(), image.Measure());
    }

    private static byte[] Text(char character, int count) => System.Text.Encoding.ASCII.GetBytes(new string(character, count));

    private static ContainerImage Read(params TarBytes[] layers) =>
        TestImage.Read(TestImage.DockerArchive([.. layers.Select(layer => layer.End())]));

    private static ImageMeasures Measure(params TarBytes[] layers) => Read(layers).Measure();
}
