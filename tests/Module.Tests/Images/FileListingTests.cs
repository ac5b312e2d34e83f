using GoCross.Errors;
using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>Files of an image and of its layers. Each expectation is derived by hand from the layers that the test writes.</summary>
public sealed class FileListingTests
{
    // Layer 1 changes what a file is in one way each, writes one again as it was, removes a file and a directory.
    private static readonly ContainerImage Image = Read(
        new TarBytes()
            .Directory("d").File("d/kept", "1").File("d/gone", "22").File("mode", "333").File("owner", "4444").File("content", "55555")
            .File("again", "666666").SymbolicLink("link", "mode").Directory("old").File("old/x", "1").File("old/y", "22"),
        new TarBytes()
            .Directory("d").File("d/.wh.gone", "").File("d/new", "7777777").File("mode", "333", mode: 0x1ED).File("owner", "4444", uid: 7)
            .File("content", "555556").File("again", "666666").SymbolicLink("link", "owner").File(".wh.old", "").HardLink("hard", "again"));

    [Fact]
    public void The_files_of_the_image_are_those_of_its_file_system_with_what_their_layer_did() => Assert.Equal(
        [
            "/again File 6 @1 None", "/content File 6 @1 Modified", "/d Directory 0 @1 None", "/d/kept File 1 @0 Added", "/d/new File 7 @1 Added",
            "/hard File 6 @1 Added = /again", "/link SymbolicLink 0 @1 LinkChanged -> owner", "/mode File 3 @1 ModeChanged", "/owner File 4 @1 OwnerChanged",
        ],
        Image.GetFiles().Select(Line));

    [Fact]
    public void The_files_of_a_layer_are_its_entries_and_what_it_removes()
    {
        // All that the whiteouts take away, with the size that it had.
        Assert.Equal(
            [
                "/again File 6 @1 None", "/content File 6 @1 Modified", "/d Directory 0 @1 None", "/d/gone File 2 @1 Removed", "/d/new File 7 @1 Added",
                "/hard File 6 @1 Added = /again", "/link SymbolicLink 0 @1 LinkChanged -> owner", "/mode File 3 @1 ModeChanged",
                "/old Directory 0 @1 Removed", "/old/x File 1 @1 Removed", "/old/y File 2 @1 Removed", "/owner File 4 @1 OwnerChanged",
            ],
            Image.GetFiles([Image.LayerAt(1)]).Select(Line));

        // The lowest layer adds all that it has.
        Assert.Equal(11, Image.GetFiles([Image.LayerAt(0)]).Count(file => file.Change == FileChangeKind.Added && file.Layer == 0));
        Assert.Equal([0, 1], Image.GetFiles([Image.LayerAt(-1), Image.LayerAt(-2)]).Select(file => file.Layer!.Value).Distinct());
    }

    [Fact]
    public void Mode_owner_and_attributes_are_told()
    {
        ContainerImage image = Read(new TarBytes().File(
            "f", "x", mode: 0x9ED, uid: 3_000_000, gid: 5, pax: [("uid", "3000000"u8.ToArray()), ("SCHILY.xattr.user.a", [1, 2])]));

        ImageFile file = Assert.Single(image.GetFiles());

        Assert.Equal((0x9ED, "3000000:5", 3_000_000L, 5L), (file.Mode, file.Owner, file.UserId, file.GroupId));
        Assert.Equal([1, 2], Assert.Single(file.ExtendedAttributes).Value);
    }

    [Fact]
    public void A_directory_that_no_layer_describes_has_no_mode_and_no_layer()
    {
        ContainerImage image = Read(new TarBytes().File("a/b", "x"));

        ImageFile directory = image.GetFiles().First();

        Assert.Equal(("/a", ImageFileType.Directory, null, null, null, FileChangeKind.None), (directory.Path, directory.Type, directory.Mode, directory.Owner, directory.Layer, directory.Change));
        Assert.Equal(["/a/b"], image.GetFiles(image.Layers).Select(file => file.Path));
    }

    [Fact]
    public void A_tree_has_the_bytes_and_files_of_each_directory()
    {
        // d holds kept, 1, and new, 7; hard is again's second name and counts no bytes of its own.
        Assert.Equal(
            [
                " / 27 8", "├──  again 6 1", "├──  content 6 1", "├──  d 8 2", "│   ├──  kept 1 1", "│   └──  new 7 1",
                "├──  hard 0 1", "├──  link 0 1", "├──  mode 3 1", "└──  owner 4 1",
            ],
            Image.GetTree().Select(TreeLine));
        Assert.Equal([0, 1, 1, 1, 1, 1, 1, 1], Image.GetTree(0).Select(item => item.Depth));
        Assert.Equal(27, Image.GetTree(0).First().TotalSize);
    }

    [Fact]
    public void A_layer_s_tree_has_what_it_removes_and_the_directories_above_its_files()
    {
        ContainerImage image = Read(
            new TarBytes().Directory("a").Directory("a/b").File("a/b/x", "1").File("c", "22"),
            new TarBytes().File("a/b/.wh.x", "").File("a/b/y", "333"));

        ImageTreeItem[] tree = [.. image.GetTrees([image.LayerAt(1)])];

        // x is removed and counts neither a byte nor a file; c is none of the layer's.
        Assert.Equal([" / 3 1", "└──  a 3 1", "    └──  b 3 1", "        ├──  x 0 0", "        └──  y 3 1"], tree.Select(TreeLine));
        Assert.Equal(
            [FileChangeKind.None, FileChangeKind.None, FileChangeKind.None, FileChangeKind.Removed, FileChangeKind.Added],
            tree.Select(item => item.Change));
    }

    [Fact]
    public void Names_are_ordered_by_their_bytes_within_their_directory()
    {
        // '-' and '.' come before '/' and "a" before "a-": a's own files stand with it all the same.
        ContainerImage image = Read(new TarBytes().File("a.b", "").File("a/x", "").File("a-b", "").File("\u00E4", "").File("Z", ""));

        Assert.Equal(["/Z", "/a", "/a/x", "/a-b", "/a.b", "/\u00E4"], image.GetFiles().Select(file => file.Path));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-3)]
    public void A_layer_that_is_not_there_is_named(int place)
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => Image.LayerAt(place));

        Assert.Equal("LayerNotFound", e.ErrorId);
        Assert.Contains($"no layer {place}; it has 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hard_link_that_something_else_replaced_stays_away()
    {
        // The first entry of the first layer is a link to a file that comes later; then its directory becomes a file.
        ContainerImage image = Read(new TarBytes().HardLink("a/link", "file").File("a", "1").File("file", "22"));

        Assert.Equal(["/a File 1 @0 Added", "/file File 2 @0 Added"], image.GetFiles().Select(Line));
    }

    [Fact]
    public void Listing_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        using IEnumerator<ImageFile> files = Image.GetFiles(stop.Token).GetEnumerator();
        Assert.True(files.MoveNext());

        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => files.MoveNext());
    }

    private static string Line(ImageFile file) =>
        $"{file.Path} {file.Type} {file.Size} @{file.Layer} {file.Change}"
        + (file.LinkTarget is null ? "" : $" -> {file.LinkTarget}") + (file.HardLinkTo is null ? "" : $" = {file.HardLinkTo}");

    private static string TreeLine(ImageTreeItem item) => $"{item.Branch} {item.Name} {item.TotalSize} {item.FileCount}";

    private static ContainerImage Read(params TarBytes[] layers) =>
        TestImage.Read(TestImage.DockerArchive([.. layers.Select(layer => layer.End())]));
}
