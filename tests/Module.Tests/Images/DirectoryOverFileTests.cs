using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>
/// A directory where a layer below has a link or a file: what was there is gone, once. Three of them: a directory over a
/// symbolic link, one that only its content tells over a file of 5 bytes, and one over that file's other name.
/// </summary>
public sealed class DirectoryOverFileTests
{
    private static readonly byte[] Lower = new TarBytes()
        .Directory("usr").Directory("usr/bin").File("usr/bin/x", "xyz").SymbolicLink("bin", "usr/bin").File("f", "12345").HardLink("h", "f").End();

    private static readonly byte[] Upper = new TarBytes().Directory("bin").File("bin/a", "1").File("f/b", "22").Directory("h").End();

    [Fact]
    public void The_layer_removes_three_and_adds_what_it_brings()
    {
        ImageLayer layer = TestImage.Read(TestImage.DockerArchive([Lower, Upper])).Layers[1];

        Assert.Equal((2, 0, 3), (layer.FilesAdded, layer.FilesChanged, layer.FilesRemoved));
        Assert.Equal(2, layer.FileCount);
    }

    [Fact]
    public void A_whiteout_before_the_directory_makes_it_no_second_removal()
    {
        byte[] upper = new TarBytes().File(".wh.bin", "").Directory("bin").File("bin/a", "1").File(".wh.f", "").File("f/b", "22").File("h/.wh..wh..opq", "").Directory("h").End();
        ImageLayer layer = TestImage.Read(TestImage.DockerArchive([Lower, upper])).Layers[1];

        Assert.Equal((2, 0, 3), (layer.FilesAdded, layer.FilesChanged, layer.FilesRemoved));
    }

    [Fact]
    public void The_layer_s_listing_shows_directories_of_no_bytes()
    {
        ContainerImage image = TestImage.Read(TestImage.DockerArchive([Lower, Upper]));

        // What the last layer left is listed the same as what the image has.
        string[] expected = ["/bin Directory 0", "/bin/a File 1", "/f Directory 0", "/f/b File 2", "/h Directory 0"];
        Assert.Equal(expected, image.GetFiles([image.Layers[1]]).Select(Line));
        Assert.Equal(expected, image.GetFiles().Where(file => !file.Path.StartsWith("/usr", StringComparison.Ordinal)).Select(Line));
        Assert.All(
            image.GetFiles([image.Layers[1]]).Where(file => file.Type == ImageFileType.Directory),
            file => Assert.True(file.Change.HasFlag(FileChangeKind.Modified)));
        Assert.Equal(2, image.GetTrees([image.Layers[1]]).First().FileCount);
        Assert.Equal(3, image.GetTrees([image.Layers[1]]).First().TotalSize);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_comparison_counts_three_changes(bool isTurnedRound)
    {
        ContainerImage before = TestImage.Read(TestImage.DockerArchive([Lower]));
        ContainerImage after = TestImage.Read(TestImage.DockerArchive([Lower, Upper]));
        ImageComparison comparison = isTurnedRound
            ? ImageComparer.Compare(after, before, CancellationToken.None)
            : ImageComparer.Compare(before, after, CancellationToken.None);

        // bin, f and h are in both and another thing in each; bin/a and f/b are in one.
        Assert.Equal(isTurnedRound ? (0, 2, 3) : (2, 0, 3), (comparison.FilesAdded, comparison.FilesRemoved, comparison.FilesChanged));
        FileChange implied = Assert.Single(comparison.GetFileChanges(), change => change.Path == "/f");
        Assert.Equal((ImageFileType.File, ImageFileType.Directory), isTurnedRound
            ? (implied.DifferenceType, implied.ReferenceType)
            : (implied.ReferenceType, implied.DifferenceType));
        Assert.Equal((5L, 0L), isTurnedRound ? (implied.DifferenceSize, implied.ReferenceSize) : (implied.ReferenceSize, implied.DifferenceSize));
        Assert.Equal(isTurnedRound ? 5 : -5, implied.SizeDifference);
    }

    [Fact]
    public void What_nobody_sees_any_more_is_wasted_once()
    {
        ImageMeasures measures = TestImage.Read(TestImage.DockerArchive([Lower, Upper])).Measure();

        // The 5 bytes that f and h share.
        Assert.Equal(5, measures.ReclaimableBytes);
        Assert.Equal(["/f Removed 1"], measures.GetWastedPaths().Select(path => $"{path.Path} {path.Cause} {path.Count}"));
    }

    private static string Line(ImageFile file) => $"{file.Path} {file.Type} {file.Size}";
}
