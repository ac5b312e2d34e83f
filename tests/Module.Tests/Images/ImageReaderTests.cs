using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Tests.Images;

/// <summary>Images of every form, made by independent programs and by hand.</summary>
public sealed class ImageReaderTests : IDisposable
{
    private static readonly byte[] Base = new TarBytes().Directory("etc").File("etc/passwd", "root:x:0:0::/:\n").SymbolicLink("lnk", "etc").End();
    private static readonly byte[] Top = new TarBytes().File("app", "the program").File("etc/.wh.passwd", "").End();
    private static readonly string[] Expected = ["/app File 11 @1", "/etc Directory 0 @0", "/lnk SymbolicLink 0 @0 -> etc"];

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("umoci", "skopeo", "sha256sum")]
    [InlineData("oci:image", "gzip")]
    [InlineData("oci:image", "zstd")]
    [InlineData("oci-archive:image.tar", "gzip")]
    [InlineData("oci-archive:image.tar", "zstd")]
    [InlineData("docker-archive:image.tar", "")]
    public void What_umoci_makes_and_skopeo_copies_reads_as_skopeo_and_tar_say(string target, string compression)
    {
        // umoci makes two layers from a directory; skopeo stores them in the wanted form.
        string layout = Path.Combine(_folder.Path, "made");
        string bundle = Path.Combine(_folder.Path, "bundle");
        Programs.Output("umoci", ["init", "--layout", layout]);
        Programs.Output("umoci", ["new", "--image", layout + ":v1"]);
        Programs.Output("umoci", ["unpack", "--rootless", "--image", layout + ":v1", bundle]);
        string root = Path.Combine(bundle, "rootfs");
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        File.WriteAllText(Path.Combine(root, "etc", "old"), "to be removed");
        File.WriteAllBytes(Path.Combine(root, "data"), [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * i))]);
        Programs.Output("umoci", ["repack", "--refresh-bundle", "--image", layout + ":v1", bundle]);
        File.Delete(Path.Combine(root, "etc", "old"));
        File.WriteAllText(Path.Combine(root, "etc", "new"), "added");
        Programs.Output("umoci", ["repack", "--image", layout + ":v1", bundle]);
        Programs.Output("umoci", ["config", "--image", layout + ":v1", "--config.user", "1000:1000", "--config.env", "A=b", "--config.entrypoint", "/data"]);
        string[] options = compression.Length == 0 ? [] : ["--dest-compress-format", compression, "--dest-compress"];
        Programs.Output("skopeo", ["--insecure-policy", "copy", .. options, $"oci:{layout}:v1", target + (target.StartsWith("docker", StringComparison.Ordinal) ? ":t:v1" : ":v1")], _folder.Path);

        ImageLocation location = ImageLocation.Parse(target, name => Path.Combine(_folder.Path, name));
        ContainerImage image = TestImage.Read(location);

        // docker-archive with a name behind it, and the same by content alone.
        Assert.Equal(TestImage.Tree(image), TestImage.Tree(TestImage.Read(TestImage.At(location.Address))));
        string name = target + (target.StartsWith("docker", StringComparison.Ordinal) ? "" : ":v1");
        using JsonDocument inspected = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", name], _folder.Path));
        using JsonDocument config = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", "--config", "--raw", name], _folder.Path));
        string[] diffIds = [.. config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString()!)];
        Assert.Equal(diffIds, image.Layers.Select(layer => layer.DiffId));
        Assert.Equal(diffIds, image.Layers.Select(layer => layer.Content.DiffId));
        if (!target.StartsWith("docker", StringComparison.Ordinal))
        {
            Assert.Equal(
                inspected.RootElement.GetProperty("Layers").EnumerateArray().Select(id => id.GetString()),
                image.Layers.Select(layer => layer.Content.Digest));
            Assert.Equal(inspected.RootElement.GetProperty("Digest").GetString(), image.ManifestDigest);
        }

        Assert.Equal(
            compression switch { "gzip" => LayerCompression.Gzip, "zstd" => LayerCompression.Zstd, _ => LayerCompression.None },
            image.Layers[1].Compression);
        Assert.Equal("1000:1000", image.Configuration.User);
        Assert.Equal("b", image.Configuration.Environment["A"]);
        Assert.Equal(["/data"], image.Configuration.Entrypoint);

        // 13 bytes of etc/old and 100,000 of data in the first layer, 5 of etc/new in the second, which removes etc/old.
        Assert.Equal([100_013L, 5L], image.Layers.Select(layer => layer.Size));
        Assert.Equal(["/data File 100000 @0", "/etc/new File 5 @1"], TestImage.Tree(image).Where(line => line.Contains("File", StringComparison.Ordinal)));
        Assert.Equal(1, image.Layers[1].WhiteoutCount);
    }

    [Fact]
    public void An_archive_of_Docker_1_10_to_24_is_read()
    {
        ContainerImage image = TestImage.Read(TestImage.DockerArchive([Base, Top], """{"User":"65532","Cmd":["/app"],"Env":["PATH=/bin"]}"""));

        Assert.Equal(Expected, TestImage.Tree(image));
        Assert.Equal("65532", image.Configuration.User);
        Assert.Equal(["step 0", "step 1"], image.Layers.Select(layer => layer.CreatedBy));
        Assert.Equal(["test:latest"], image.Tags);

        // 15 bytes of etc/passwd and 11 of app.
        Assert.Equal(26, image.Size);
    }

    [Fact]
    public void An_archive_of_Docker_before_1_10_is_read_by_its_chain_of_parents()
    {
        // The layers are in the archive in the wrong order; only "parent" tells the right one.
        byte[] archive = new TarBytes()
            .File("ccc/VERSION", "1.0").File("ccc/json", """{"id":"ccc","parent":"bbb","os":"linux","architecture":"amd64","config":{"Cmd":["/app"]}}""").File("ccc/layer.tar", Top)
            .File("bbb/VERSION", "1.0").File("bbb/json", """{"id":"bbb","container_config":{"Cmd":["/bin/sh","-c","#(nop) ADD"]}}""").File("bbb/layer.tar", Base)
            .File("repositories", """{"old":{"v1":"ccc"}}""")
            .End();

        ContainerImage image = TestImage.Read(archive);

        Assert.Equal(Expected, TestImage.Tree(image));
        Assert.Equal(["old:v1"], image.Tags);
        Assert.Equal("/bin/sh -c #(nop) ADD", image.Layers[0].CreatedBy);
        Assert.Equal(TestImage.Sha256(Base), image.Layers[0].DiffId);
    }

    [Fact]
    public void An_archive_of_Docker_25_has_both_and_one_whose_index_is_null_is_read_by_its_manifest()
    {
        byte[] config = TestImage.Config([Base, Top]);
        Dictionary<string, byte[]> files = TestImage.Layout(config, Base, Top);
        files["manifest.json"] = Encoding.UTF8.GetBytes(new JsonArray(new JsonObject
        {
            ["Config"] = $"blobs/sha256/{TestImage.Hex(config)}",
            ["RepoTags"] = null,
            ["Layers"] = new JsonArray($"blobs/sha256/{TestImage.Hex(Base)}", $"blobs/sha256/{TestImage.Hex(Top)}"),
        }).ToJsonString());

        Assert.Equal(Expected, TestImage.Tree(TestImage.Read(TestImage.Tar(files))));
        files["index.json"] = """{"schemaVersion":2,"manifests":null}"""u8.ToArray();
        Assert.Equal(Expected, TestImage.Tree(TestImage.Read(TestImage.Tar(files))));
        Assert.Equal(Expected, TestImage.Tree(TestImage.Read(TestImage.SaveDirectory(Path.Combine(_folder.Path, "d"), files))));
    }

    [Fact]
    public void Layers_of_every_compression_are_told_by_their_first_bytes()
    {
        // Two gzip members with the archive split between them, and two zstd frames with one to skip before them.
        byte[] config = TestImage.Config([Base, Base, Top, Top]);
        byte[][] stored =
        [
            TestImage.Gzip(Base),
            [.. TestImage.Gzip(Base[..700]), .. TestImage.Gzip(Base[700..])],
            TestImage.Zstd(Top),
            [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. TestImage.Zstd(Top[..100]), .. TestImage.Zstd(Top[100..])],
        ];

        ContainerImage image = TestImage.Read(TestImage.SaveDirectory(_folder.Path, TestImage.Layout(config, stored)));

        Assert.Equal(["/app File 11 @3", "/etc Directory 0 @1", "/lnk SymbolicLink 0 @1 -> etc"], TestImage.Tree(image).Select(line => line));
    }

    [Fact]
    public void A_diff_id_counts_what_follows_the_end_of_the_archive()
    {
        // eStargz puts its index there.
        byte[] layer = [.. Base, .. "stargz.index.json"u8];

        Assert.Equal(TestImage.Sha256(layer), TestImage.Read(TestImage.DockerArchive([layer])).Layers[0].Content.DiffId);
    }

    [Fact]
    public void Symbolic_links_to_layers_are_followed_and_circles_of_them_are_not()
    {
        byte[] config = TestImage.Config([Base, Base]);
        byte[] Archive(string target) => new TarBytes()
            .File($"{TestImage.Hex(config)}.json", config)
            .File("one/layer.tar", Base).SymbolicLink("two/layer.tar", target)
            .File("manifest.json", $$"""[{"Config":"{{TestImage.Hex(config)}}.json","Layers":["one/layer.tar","two/layer.tar"]}]""").End();

        ContainerImage image = TestImage.Read(Archive("../one/layer.tar"));

        Assert.Equal(2, image.Layers.Count);
        Assert.Same(image.Layers[0].Contents, image.Layers[1].Contents);
        Assert.Equal("BlobMissing", Fails(Archive("layer.tar")).ErrorId);
        Assert.Equal("BlobMissing", Fails(Archive("../../../etc/passwd")).ErrorId);
    }

    [Fact]
    public void Of_several_platforms_the_machine_s_is_read_or_the_one_that_is_asked_for()
    {
        (byte[] Config, byte[] Manifest) Make(string architecture, byte[] layer, string? variant = null)
        {
            byte[] config = TestImage.Config([layer], architecture: architecture, variant: variant);
            return (config, TestImage.Manifest(config, [(layer, "application/vnd.oci.image.layer.v1.tar")]));
        }

        (byte[] Config, byte[] Manifest) here = Make(ImagePlatform.Default.Architecture, Base);
        (byte[] Config, byte[] Manifest) v6 = Make("arm", Base, "v6");
        (byte[] Config, byte[] Manifest) v7 = Make("arm", Top, "v7");
        Dictionary<string, object> Of(byte[] manifest, string architecture, string? variant = null)
        {
            Dictionary<string, object> descriptor = TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json");
            descriptor["platform"] = variant is null
                ? new { os = architecture == "unknown" ? "unknown" : "linux", architecture } : new { os = "linux", architecture, variant };
            return descriptor;
        }

        byte[] attestation = TestImage.Manifest(here.Config, [(Base, "application/vnd.in-toto+json")]);
        byte[] missing = Encoding.UTF8.GetBytes("a manifest that was not saved");
        byte[] inner = TestImage.Index(
            Of(v6.Manifest, "arm", "v6"), Of(v7.Manifest, "arm", "v7"), Of(here.Manifest, ImagePlatform.Default.Architecture),
            Of(attestation, "unknown"), Of(missing, "s390x"));
        byte[] outer = TestImage.Index(TestImage.Descriptor(inner, "application/vnd.oci.image.index.v1+json"));
        ImageLocation location = TestImage.Save(_folder.Path, TestImage.Tar(TestImage.LayoutOf(
            outer, inner, here.Manifest, here.Config, v6.Manifest, v6.Config, v7.Manifest, v7.Config, attestation, Base, Top)));

        Assert.Equal(ImagePlatform.Default, TestImage.Read(location).Platform);
        Assert.Equal("linux/arm/v7", Read(location, "linux/arm").Platform.ToString());
        Assert.Equal("linux/arm/v6", Read(location, "linux/arm/v6").Platform.ToString());
        GoCrossException e = Assert.Throws<GoCrossException>(() => Read(location, "linux/riscv64"));
        Assert.Equal("PlatformNotFound", e.ErrorId);
        Assert.Contains("linux/arm/v6, linux/arm/v7, " + ImagePlatform.Default, e.Message, StringComparison.Ordinal);
        Assert.Equal("PlatformNotFound", Assert.Throws<GoCrossException>(() => Read(location, "linux/s390x")).ErrorId);
    }

    // What containerd's platforms.Only takes of an index: https://github.com/containerd/platforms, compare_test.go.
    [Theory]
    [InlineData("linux/amd64", "linux/amd64 linux/amd64/v3", "linux/amd64")]
    [InlineData("linux/amd64", "linux/amd64/v3 linux/amd64/v1", "linux/amd64/v1")]
    [InlineData("linux/amd64/v3", "linux/amd64 linux/amd64/v2 linux/amd64/v4", "linux/amd64/v2")]
    [InlineData("linux/amd64", "linux/amd64/v2 linux/arm64", null)]
    [InlineData("linux/arm", "linux/arm/v5 linux/arm/v6 linux/arm/v8", "linux/arm/v6")]
    [InlineData("linux/arm/v6", "linux/arm/v5 linux/arm/v7", "linux/arm/v5")]
    [InlineData("linux/arm64", "linux/arm64/v8 linux/arm64/v9", "linux/arm64/v8")]
    [InlineData("linux/s390x", "linux/s390x linux/s390x/z15", "linux/s390x")]
    public void Of_several_variants_the_nearest_is_read_that_runs_on_what_is_asked_for(string wanted, string offered, string? expected)
    {
        var blobs = new List<byte[]> { Base };
        var manifests = new List<Dictionary<string, object>>();
        foreach (ImagePlatform platform in offered.Split(' ').Select(ImagePlatform.Parse))
        {
            byte[] config = TestImage.Config([Base], architecture: platform.Architecture, variant: platform.Variant);
            byte[] manifest = TestImage.Manifest(config, [(Base, "application/vnd.oci.image.layer.v1.tar")]);
            blobs.AddRange([config, manifest]);
            manifests.Add(TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json"));
        }

        ImageLocation location = TestImage.Save(_folder.Path, TestImage.Tar(TestImage.LayoutOf(TestImage.Index([.. manifests]), [.. blobs])));

        if (expected is null)
        {
            Assert.Equal("PlatformNotFound", Assert.Throws<GoCrossException>(() => Read(location, wanted)).ErrorId);
        }
        else
        {
            Assert.Equal(expected, Read(location, wanted).Platform.ToString());
        }
    }

    [Fact]
    public void The_only_platform_is_read_whatever_it_is()
    {
        byte[] config = TestImage.Config([Base], architecture: "s390x");

        Assert.Equal("linux/s390x", TestImage.Read(TestImage.Tar(TestImage.Layout(config, Base))).Platform.ToString());
        Assert.Equal("linux/s390x", TestImage.Read(TestImage.DockerArchive([Base], config: config)).Platform.ToString());
    }

    [Fact]
    public void Of_several_images_one_has_to_be_named()
    {
        byte[] first = TestImage.Config([Base]);
        byte[] second = TestImage.Config([Top]);
        byte[] archive = new TarBytes()
            .File($"{TestImage.Hex(first)}.json", first).File($"{TestImage.Hex(second)}.json", second)
            .File("a/layer.tar", Base).File("b/layer.tar", Top)
            .File("manifest.json", $$"""
                [{"Config":"{{TestImage.Hex(first)}}.json","RepoTags":["team/a:v1"],"Layers":["a/layer.tar"]},
                 {"Config":"{{TestImage.Hex(second)}}.json","RepoTags":["docker.io/library/b:latest"],"Layers":["b/layer.tar"]}]
                """).End();
        string path = TestImage.Save(_folder.Path, archive, "two.tar").Address;
        ContainerImage Named(string name) => TestImage.Read(ImageLocation.Parse($"docker-archive:two.tar:{name}", file => Path.Combine(_folder.Path, file)));

        GoCrossException ambiguous = Assert.Throws<GoCrossException>(() => TestImage.Read(TestImage.At(path)));
        GoCrossException unknown = Assert.Throws<GoCrossException>(() => Named("c:v1"));

        Assert.Equal("ImageAmbiguous", ambiguous.ErrorId);
        Assert.Contains("team/a:v1, docker.io/library/b:latest", ambiguous.Message, StringComparison.Ordinal);
        Assert.Equal("ImageNameNotFound", unknown.ErrorId);
        Assert.Equal(TestImage.Sha256(Base), Named("team/a:v1").Layers[0].DiffId);
        Assert.Equal(TestImage.Sha256(Top), Named("b").Layers[0].DiffId);
        Assert.Equal(TestImage.Sha256(Top), Named("@1").Layers[0].DiffId);
    }

    [Fact]
    public void A_foreign_layer_that_is_not_there_is_a_warning_and_any_other_an_error()
    {
        byte[] config = TestImage.Config([Base, Top]);
        byte[] With(string mediaType)
        {
            byte[] manifest = TestImage.Manifest(config, [(Base, mediaType), (Top, "application/vnd.oci.image.layer.v1.tar")]);
            return TestImage.Tar(TestImage.LayoutOf(
                TestImage.Index(TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json")), config, manifest, Top));
        }

        ContainerImage image = TestImage.Read(With("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));

        Assert.True(image.Layers[0].IsMissing);
        Assert.Contains(TestImage.Sha256(Base), Assert.Single(image.Warnings), StringComparison.Ordinal);
        GoCrossException e = Fails(With("application/vnd.oci.image.layer.v1.tar"));
        Assert.Equal("BlobMissing", e.ErrorId);
        Assert.Contains($"blobs/sha256/{TestImage.Hex(Base)}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_archive_may_be_compressed()
    {
        byte[] archive = TestImage.DockerArchive([Base, Top]);

        Assert.Equal(Expected, TestImage.Tree(TestImage.Read(TestImage.Gzip(archive))));
        Assert.Equal(Expected, TestImage.Tree(TestImage.Read(TestImage.Zstd(archive))));
    }

    [Theory]
    [InlineData("an ELF binary", new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1 })]
    [InlineData("a zip archive", new byte[] { (byte)'P', (byte)'K', 3, 4, 20, 0 })]
    [InlineData("an empty file", new byte[0])]
    [InlineData("a text file", new byte[] { (byte)'F', (byte)'R', (byte)'O', (byte)'M', (byte)'\n' })]
    [InlineData("a JSON document", new byte[] { (byte)' ', (byte)'{', (byte)'}' })]
    public void What_is_no_image_is_said_to_be_what_it_looks_like(string looks, byte[] content)
    {
        GoCrossException e = Fails(content);

        Assert.Equal("NotAnImage", e.ErrorId);
        Assert.Contains(looks, e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Fix);
    }

    [Fact]
    public void A_root_file_system_is_no_image_and_is_called_what_it_is()
    {
        byte[] root = new TarBytes().Directory("etc").File("etc/passwd", "x").Directory("usr").File("usr/x", "y").Directory("bin").End();

        Assert.Contains("root file system", Fails(root).Message, StringComparison.Ordinal);
        Assert.Contains("root file system", Fails(TestImage.Gzip(new TarBytes().File("etc/passwd", Base).File("usr/x", Base).End())).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        Assert.Contains("an empty directory", Assert.Throws<GoCrossException>(() => TestImage.Read(TestImage.At(Path.Combine(_folder.Path, "empty")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_digest_is_named_with_what_is_expected_and_what_is_there()
    {
        byte[] config = TestImage.Config([Base]);
        Dictionary<string, byte[]> files = TestImage.Layout(config, Base);
        byte[] changed = [.. Base];
        changed[600] ^= 1; // In the content of etc/passwd: the tar itself stays sound.
        files[$"blobs/sha256/{TestImage.Hex(Base)}"] = changed;

        GoCrossException e = Fails(TestImage.Tar(files));

        Assert.Equal("DigestMismatch", e.ErrorId);
        Assert.Contains(TestImage.Sha256(Base), e.Message, StringComparison.Ordinal);
        Assert.Contains(TestImage.Sha256(changed), e.Message, StringComparison.Ordinal);

        // Damage in a header breaks the tar, too; the digest is still the better message.
        changed[512] ^= 1;
        Assert.Equal("DigestMismatch", Fails(TestImage.Tar(files)).ErrorId);
    }

    [Fact]
    public void A_layer_that_unpacks_to_something_else_than_the_configuration_says_is_named()
    {
        GoCrossException e = Fails(TestImage.DockerArchive([Top], config: TestImage.Config([Base])));

        Assert.Equal("DiffIdMismatch", e.ErrorId);
        Assert.Contains("layer0/layer.tar", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_or_a_signature_is_no_image()
    {
        byte[] config = TestImage.Config([Base]);
        byte[] manifest = TestImage.Manifest(config, [], "application/vnd.cncf.helm.config.v1+json");
        GoCrossException e = Fails(TestImage.Tar(TestImage.LayoutOf(
            TestImage.Index(TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json")), config, manifest)));

        Assert.Equal("MediaTypeNotSupported", e.ErrorId);
        Assert.Contains("helm", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker-archive:a.tar", ImageTransport.DockerArchive, "a.tar", null)]
    [InlineData("docker-archive:a.tar:team/x:v1", ImageTransport.DockerArchive, "a.tar", "team/x:v1")]
    [InlineData("oci:dir:latest", ImageTransport.Oci, "dir", "latest")]
    [InlineData("oci-archive:a.tar:@2", ImageTransport.OciArchive, "a.tar", "@2")]
    [InlineData("a.tar", ImageTransport.Auto, "a.tar", null)]
    [InlineData("dir", ImageTransport.Auto, "dir", null)]
    public void Names_of_files_are_those_of_containers_transports(string text, ImageTransport transport, string file, string? name)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "a.tar"), "");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "dir"));

        ImageLocation location = ImageLocation.Parse(text, path => Path.Combine(_folder.Path, path));

        Assert.Equal((transport, Path.Combine(_folder.Path, file), name), (location.Transport, location.Address, location.ImageName));
    }

    [Theory]
    [InlineData("docker-daemon:api:v1", "api:v1")]
    [InlineData("api", "api")]
    [InlineData("api:glibc", "api:glibc")]
    [InlineData("registry.example:5000/team/api:1.0", "registry.example:5000/team/api:1.0")]
    public void What_is_no_file_and_looks_like_a_name_is_an_image_of_the_engine(string text, string name)
    {
        ImageLocation location = ImageLocation.Parse(text, path => Path.Combine(_folder.Path, path));

        Assert.Equal((ImageTransport.DockerDaemon, name), (location.Transport, location.Address));
    }

    [Theory]
    [InlineData("missing.tar", "PathNotFound")]
    [InlineData("./missing", "PathNotFound")]
    [InlineData("/nowhere/at/all", "PathNotFound")]
    [InlineData("docker-archive:missing.tar:x", "PathNotFound")]
    [InlineData("docker-daemon:", "ImageSourceInvalid")]
    public void What_is_no_file_and_looks_like_one_is_missing(string text, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<GoCrossException>(() => ImageLocation.Parse(text, path => Path.Combine(_folder.Path, path))).ErrorId);

    private static GoCrossException Fails(byte[] archive) => Assert.Throws<GoCrossException>(() => TestImage.Read(archive));

    private static ContainerImage Read(ImageLocation location, string platform) =>
        new ImageReader { Platform = ImagePlatform.Parse(platform) }.ReadAsync(location, CancellationToken.None).GetAwaiter().GetResult();
}
