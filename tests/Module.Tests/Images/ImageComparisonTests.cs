using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Tests.Images;

/// <summary>What differs between two images. Each expectation is counted by hand from the layers that the test writes.</summary>
public sealed class ImageComparisonTests
{
    private static readonly byte[] Base = new TarBytes().Directory("etc").File("etc/os-release", new byte[1000]).End();

    [Fact]
    public void Files_that_differ_are_told_with_what_differs()
    {
        (string, byte[]) Capability(byte bits) => ("SCHILY.xattr.security.capability", [1, 0, 0, 2, bits, 0, 0, 0]);
        ImageComparison comparison = Compare(
            [new TarBytes()
                .File("same", "1").File("gone", "22").File("content", "aaa").File("grown", "1").File("mode", "m").File("owner", "o", uid: 1)
                .SymbolicLink("link", "there").File("type", "t").Directory("dir").File("becomes/x", "x")
                .File("cap", "c", pax: Capability(0x80)).File("both", "b")],
            [new TarBytes()
                .File("same", "1").File("added", "333").File("content", "bbb").File("grown", "12345").File("mode", "m", mode: 0x9ED).File("owner", "o", uid: 2)
                .SymbolicLink("link", "elsewhere").Directory("type").Directory("dir").File("becomes", "x")
                .File("cap", "c", pax: Capability(0xC0)).File("both", "B", mode: 0x1ED)]);

        Assert.Equal(
            [
                "/added Added 3", "/becomes Added 1", "/becomes/x Removed -1", "/both Modified, ModeChanged 0", "/cap XattrChanged 0",
                "/content Modified 0", "/gone Removed -2", "/grown Modified 4", "/link LinkChanged 0", "/mode ModeChanged 0",
                "/owner OwnerChanged 0", "/type Modified, ModeChanged -1",
            ],
            comparison.GetFileChanges().Select(change => change.Path == "/becomes"
                ? $"{change.Path} {(change.ReferenceType == ImageFileType.Directory ? "Added" : "?")} {change.SizeDifference}"
                : $"{change.Path} {change.Change} {change.SizeDifference}"));

        // Added: added. Removed: becomes/x, gone. Changed: both, cap, content, grown, link, mode, owner,
        // becomes, which was a directory, and type, which is one now.
        Assert.Equal((1, 2, 9), (comparison.FilesAdded, comparison.FilesRemoved, comparison.FilesChanged));
    }

    [Fact]
    public void Sizes_and_their_difference_are_counted_in_bytes_and_per_cent()
    {
        // 1000 + 600 bytes against 1000 + 200: 400 fewer, which are 25 % of 1600.
        ImageComparison comparison = Compare([Raw(Base), new TarBytes().File("a", new byte[600])], [Raw(Base), new TarBytes().File("a", new byte[200])]);

        Assert.Equal((1600L, 1200L, -400L, -25.0), (comparison.ReferenceSize, comparison.DifferenceSize, comparison.SizeDifference, comparison.SizeDifferencePercent));
    }

    [Fact]
    public void An_empty_reference_has_no_percentage() => Assert.Null(Compare([], [Raw(Base)]).SizeDifferencePercent);

    [Fact]
    public void Settings_that_differ_are_told()
    {
        ContainerImage left = TestImage.Read(TestImage.DockerArchive([Base],
            """{"Env":["PATH=/bin","OLD=1","X=1"],"Cmd":["a b","c"],"User":"0","ExposedPorts":{"80/tcp":{}},"Labels":{"l":"1"},"WorkingDir":"/w"}"""));
        ContainerImage right = TestImage.Read(TestImage.DockerArchive([Base],
            """{"Env":["PATH=/bin","X=2"],"Cmd":["a","b","c"],"User":"65532:65532","ExposedPorts":{"80/tcp":{},"443/tcp":{}},"Labels":{"l":"1"},"Entrypoint":"/app"}"""));

        Assert.Equal(
            [
                "User: 0 -> 65532:65532", "WorkingDir: /w -> (none)", "Entrypoint: (none) -> /app", "Cmd: \"a b\" c -> a b c",
                "Env OLD: 1 -> (none)", "Env X: 1 -> 2", "ExposedPort 443/tcp: (none) -> 443/tcp",
            ],
            ImageComparer.Compare(left, right, CancellationToken.None).Configuration.Select(change => change.ToString()));
    }

    [Fact]
    public void Annotations_of_layers_that_stand_beside_each_other_are_compared()
    {
        const string Type = "application/vnd.oci.image.layer.v1.tar";
        byte[] other = new TarBytes().File("other", new byte[700]).End();
        byte[] config = TestImage.Config([other, Base]);
        using var folder = new GoCross.Files.TemporaryDirectory();
        ContainerImage[] images = [Read("left", ("a", "1"), ("b", "2")), Read("right", ("b", "3"), ("c", "4"))];

        Assert.Equal(
            ["LayerAnnotation 1 a: 1 -> (none)", "LayerAnnotation 1 b: 2 -> 3", "LayerAnnotation 1 c: (none) -> 4"],
            ImageComparer.Compare(images[0], images[1], CancellationToken.None).Configuration.Select(change => change.ToString()));

        ContainerImage Read(string name, params (string Key, string Value)[] annotations)
        {
            Dictionary<string, object> layer = TestImage.Descriptor(Base, Type);
            layer["annotations"] = annotations.ToDictionary(pair => pair.Key, pair => pair.Value);
            byte[] manifest = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new
            {
                schemaVersion = 2,
                config = TestImage.Descriptor(config, "application/vnd.oci.image.config.v1+json"),
                layers = new[] { TestImage.Descriptor(other, Type), layer },
            });
            return TestImage.Read(TestImage.SaveDirectory(Path.Combine(folder.Path, name), TestImage.LayoutOf(
                TestImage.Index(TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json")), manifest, config, other, Base)));
        }
    }

    [Fact]
    public void A_layer_put_in_front_moves_no_other()
    {
        TarBytes certificates = new TarBytes().File("etc/ssl/ca.pem", new byte[5000]);
        TarBytes app = new TarBytes().File("app", new byte[9000]);
        TarBytes front = new TarBytes().File("front", new byte[100]);

        Assert.Equal(["=> -|0", "== 0|1", "== 1|2"], Rows(Compare([certificates, app], [front, certificates, app])));
    }

    [Fact]
    public void Layers_in_another_order_are_the_same_layers()
    {
        TarBytes a = new TarBytes().File("a", "1");
        TarBytes b = new TarBytes().File("b", "1");

        Assert.Equal(["== 1|0", "== 0|1"], Rows(Compare([a, b], [b, a])));
    }

    [Fact]
    public void A_changed_layer_is_paired_with_the_one_it_is_like_and_not_with_the_one_in_its_place()
    {
        // In the place of the changed tools layer stands the config layer. Tools: 3 of 4 files of 4000 bytes are the
        // same, one has other content. Weights are bytes + 512: alike 3 * 4512 + 4512 / 2 of 4 * 4512 in all: 0.875.
        byte[] other = [.. new byte[3999], 1];
        TarBytes config = new TarBytes().File("etc/c", "1");
        TarBytes tools1 = new TarBytes().File("t/1", new byte[4000]).File("t/2", new byte[4000]).File("t/3", new byte[4000]).File("t/4", new byte[4000]);
        TarBytes tools2 = new TarBytes().File("t/1", new byte[4000]).File("t/2", new byte[4000]).File("t/3", new byte[4000]).File("t/4", other);
        TarBytes config2 = new TarBytes().File("elsewhere/d", "22");

        ImageComparison comparison = Compare([tools1, config], [config2, tools2]);

        Assert.Equal(["=> -|0", "<> 0|1", "<= 1|-"], Rows(comparison));
        Assert.Equal(0.875, comparison.Layers[1].Similarity, 3);
        Assert.Equal((0, 0, 1), (comparison.Layers[1].FilesAdded, comparison.Layers[1].FilesRemoved, comparison.Layers[1].FilesChanged));
        FileChange change = Assert.Single(comparison.Layers[1].GetFileChanges());
        Assert.Equal(("/t/4", FileChangeKind.Modified, 0, 1), (change.Path, change.Change, change.ReferenceLayer, change.DifferenceLayer));
    }

    [Fact]
    public void A_binary_that_was_built_anew_keeps_its_layer()
    {
        // Same path, other content: (7000 + 512) / 2 of 9000 + 512 is 0.39, more than the least of 0.1.
        ImageComparison comparison = Compare([new TarBytes().File("app", new byte[9000])], [new TarBytes().File("app", new byte[7000])]);

        Assert.Equal(["<> 0|0"], Rows(comparison));
        Assert.Equal(0.395, comparison.Layers[0].Similarity, 3);
        Assert.Equal(-2000, comparison.Layers[0].SizeDifference);
    }

    [Fact]
    public void A_layer_that_is_there_twice_is_paired_twice() =>
        Assert.Equal(["== 0|0", "<= 1|-", "== 2|1"], Rows(Compare([Raw(Base), new TarBytes().File("x", "1"), Raw(Base)], [Raw(Base), Raw(Base)])));

    [Fact]
    public void Equal_images_have_no_difference()
    {
        ImageComparison comparison = Compare([Raw(Base)], [Raw(Base)]);

        Assert.Empty(comparison.GetFileChanges());
        Assert.Empty(comparison.Configuration);
        Assert.Equal(0, comparison.SizeDifferencePercent);
    }

    [Fact]
    public async Task A_layer_that_both_images_have_is_hashed_in_both_and_indexed_once()
    {
        using var folder = new GoCross.Files.TemporaryDirectory();
        byte[] only = new TarBytes().File("x", new byte[2000]).End();
        ImageLocation left = TestImage.Save(folder.Path, TestImage.DockerArchive([Base]), "left.tar");
        ImageLocation right = TestImage.Save(folder.Path, TestImage.DockerArchive([Base, only]), "right.tar");
        ContainerImage reference = TestImage.Read(left);
        long read = 0;

        ImageComparison comparison = await TestImage.CompareAsync(
            reference, right, new ImageReader { Progress = progress => read = Math.Max(Interlocked.Read(ref read), progress.BytesRead) });

        Assert.Equal(Base.Length + only.Length, read);
        Assert.Equal(["== 0|0", "=> -|1"], Rows(comparison));
        Assert.Same(reference.Layers[0].Contents, comparison.Layers[0].Difference!.Contents);
    }

    [Fact]
    public async Task A_blob_that_both_images_have_in_one_file_is_read_once()
    {
        using var folder = new GoCross.Files.TemporaryDirectory();
        byte[] only = new TarBytes().File("x", new byte[2000]).End();
        (byte[] first, byte[] second) = (TestImage.Config([Base]), TestImage.Config([Base, only]));
        byte[] archive = new TarBytes()
            .File("1.json", first).File("2.json", second).File("base.tar", Base).File("only.tar", only)
            .File("manifest.json", """
                [{"Config":"1.json","RepoTags":["a:1"],"Layers":["base.tar"]},
                 {"Config":"2.json","RepoTags":["a:2"],"Layers":["base.tar","only.tar"]}]
                """).End();
        string path = TestImage.Save(folder.Path, archive).Address;
        ImageLocation Named(string name) => ImageLocation.Parse($"docker-archive:{path}:{name}", file => file);
        ContainerImage reference = TestImage.Read(Named("a:1"));
        long read = 0;

        ImageComparison comparison = await TestImage.CompareAsync(
            reference, Named("a:2"), new ImageReader { Progress = progress => read = Math.Max(Interlocked.Read(ref read), progress.BytesRead) });

        Assert.Equal(only.Length, read);
        Assert.Equal(["== 0|0", "=> -|1"], Rows(comparison));
    }

    [Theory]
    [InlineData("none", "DiffIdMismatch")]
    [InlineData("gzip", "DigestMismatch")]
    [InlineData("zstd", "DigestMismatch")]
    [InlineData("gzip, other", "DiffIdMismatch")]
    public async Task A_layer_that_only_claims_to_be_the_reference_s_is_an_error(string form, string errorId)
    {
        // The difference image's configuration states the reference's diff ID, and its blob is another layer.
        using var folder = new GoCross.Files.TemporaryDirectory();
        byte[] tampered = new TarBytes().File("etc/backdoor", new byte[1000]).End();
        byte[] Pack(byte[] layer) => form.StartsWith("gzip", StringComparison.Ordinal) ? TestImage.Gzip(layer) : TestImage.Zstd(layer);
        byte[] config = TestImage.Config([Base]);
        Dictionary<string, byte[]> files = form == "none" ? [] : TestImage.Layout(config, Pack(form == "gzip, other" ? tampered : Base));
        if (form is "gzip" or "zstd")
        {
            // Of the same length, or that would tell: the last byte is a checksum's, or content's.
            files[$"blobs/sha256/{TestImage.Hex(Pack(Base))}"][^1] ^= 1;
        }

        ContainerImage reference = TestImage.Read(
            form is "gzip" or "zstd" ? TestImage.Tar(TestImage.Layout(config, Pack(Base))) : TestImage.DockerArchive([Base]));
        ImageLocation difference = TestImage.Save(
            folder.Path, form == "none" ? TestImage.DockerArchive([tampered], config: config) : TestImage.Tar(files));

        GoCross.Errors.GoCrossException e = await Assert.ThrowsAsync<GoCross.Errors.GoCrossException>(
            () => TestImage.CompareAsync(reference, difference));

        Assert.Equal(errorId, e.ErrorId);
    }

    [Fact]
    public async Task A_layer_that_is_stored_otherwise_in_the_other_image_is_the_same_layer_and_keeps_its_compression()
    {
        using var folder = new GoCross.Files.TemporaryDirectory();
        ContainerImage reference = TestImage.Read(TestImage.DockerArchive([Base]));
        ImageLocation difference = TestImage.Save(folder.Path, TestImage.Tar(TestImage.Layout(TestImage.Config([Base]), TestImage.Zstd(Base))));

        LayerComparison row = Assert.Single(
            (await TestImage.CompareAsync(reference, difference)).Layers);

        Assert.Equal("==", row.SideIndicator);
        Assert.Equal((LayerCompression.None, LayerCompression.Zstd), (row.Reference!.Compression, row.Difference!.Compression));
        Assert.Equal(TestImage.Sha256(TestImage.Zstd(Base)), row.Difference.Digest);
    }

    [Fact]
    public void Of_two_layers_of_one_image_that_claim_one_diff_ID_both_are_verified()
    {
        byte[] tampered = new TarBytes().File("etc/backdoor", new byte[1000]).End();

        GoCross.Errors.GoCrossException e = Assert.Throws<GoCross.Errors.GoCrossException>(
            () => TestImage.Read(TestImage.DockerArchive([Base, tampered], config: TestImage.Config([Base, Base]))));

        Assert.Equal("DiffIdMismatch", e.ErrorId);
    }

    private static TarBytes Raw(byte[] tar) => new TarBytes().Raw(tar[..^1024], []);

    private static IEnumerable<string> Rows(ImageComparison comparison) => comparison.Layers
        .Select(row => $"{row.SideIndicator} {row.ReferenceIndex?.ToString() ?? "-"}|{row.DifferenceIndex?.ToString() ?? "-"}");

    private static ImageComparison Compare(TarBytes[] reference, TarBytes[] difference) => ImageComparer.Compare(
        TestImage.Read(TestImage.DockerArchive([.. reference.Select(layer => layer.End())])),
        TestImage.Read(TestImage.DockerArchive([.. difference.Select(layer => layer.End())])),
        CancellationToken.None);
}
