using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Tests.Images;

/// <summary>Layouts and archives as other programs write them: what counts as an image, by what it is named, how it is chosen.</summary>
public sealed class ForeignLayoutTests : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar";

    private static readonly byte[] Layer = new TarBytes().File("a", "12345").End();
    private static readonly byte[] Config = TestImage.Config([Layer]);
    private static readonly byte[] Manifest = TestImage.Manifest(Config, [(Layer, LayerType)]);

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("chart")]
    [InlineData("signature")]
    [InlineData("attestation")]
    [InlineData("xml")]
    public void A_neighbour_that_is_not_an_image_is_passed_over_and_named_where_nothing_is_left(string kind)
    {
        byte[] payload = Encoding.UTF8.GetBytes("{}");
        byte[] neighbour = kind switch
        {
            "chart" => TestImage.Manifest(payload, [(payload, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")], "application/vnd.cncf.helm.config.v1+json"),

            // cosign's has the configuration of an image, and BuildKit's, copied by a tool that drops annotations, has one, too.
            "signature" => TestImage.Manifest(Config, [(payload, "application/vnd.dev.cosign.simplesigning.v1+json")]),
            "attestation" => TestImage.Manifest(Config, [(payload, "application/vnd.in-toto+json")]),
            _ => "<a/>"u8.ToArray(),
        };
        Dictionary<string, object> descriptor = TestImage.Descriptor(neighbour, kind == "xml" ? "application/xml" : ManifestType);

        ContainerImage image = TestImage.Read(TestImage.SaveDirectory(
            In("both"), TestImage.LayoutOf(TestImage.Index(descriptor, TestImage.Descriptor(Manifest, ManifestType)), neighbour, payload, Manifest, Config, Layer)));
        ImageLocation alone = TestImage.SaveDirectory(
            In("alone"), TestImage.LayoutOf(TestImage.Index(descriptor), neighbour, payload, Config));

        Assert.Equal(TestImage.Sha256(Manifest), image.ManifestDigest);
        GoCrossException e = Assert.Throws<GoCrossException>(() => TestImage.Read(alone));
        Assert.Equal("MediaTypeNotSupported", e.ErrorId);
        Assert.Contains(kind switch { "chart" => "helm", "signature" => "cosign", "attestation" => "in-toto", _ => "application/xml" }, e.Message, StringComparison.Ordinal);
    }

    // moby #44367: docker pull takes what says nothing of itself for an image's; the layers tell it from an artifact.
    [Theory]
    [InlineData("application/octet-stream", true, null)]
    [InlineData("application/json", true, null)]
    [InlineData("text/html", true, null)]
    [InlineData("application/octet-stream", false, "MediaTypeNotSupported")]
    [InlineData("application/vnd.sylabs.sif.config.v1+json", true, "MediaTypeNotSupported")]
    public void A_configuration_whose_type_says_nothing_is_an_image_s_where_the_layers_are_Docker_s(
        string type, bool hasDockerLayers, string? errorId)
    {
        byte[] manifest = TestImage.Manifest(
            Config, [(Layer, hasDockerLayers ? "application/vnd.docker.image.rootfs.diff.tar.gzip" : "application/vnd.example.data")], type);
        ImageLocation layout = TestImage.SaveDirectory(
            In("layout"), TestImage.LayoutOf(TestImage.Index(TestImage.Descriptor(manifest, ManifestType)), manifest, Config, Layer));

        if (errorId is not null)
        {
            Assert.Equal(errorId, Assert.Throws<GoCrossException>(() => TestImage.Read(layout)).ErrorId);
            return;
        }

        Assert.Equal(5, TestImage.Read(layout).Size);
    }

    [Fact]
    public void Half_a_character_in_a_field_that_nobody_knows_is_no_fault_of_ours()
    {
        byte[] config = TestImage.Config([Layer], run: "{\"X\":\"\\ud83d\"}");
        byte[] manifest = TestImage.Manifest(config, [(Layer, LayerType)]);
        ImageLocation layout = TestImage.SaveDirectory(
            In("half"), TestImage.LayoutOf(TestImage.Index(TestImage.Descriptor(manifest, ManifestType)), manifest, config, Layer));

        Assert.Equal("\"\\ud83d\"", TestImage.Read(layout).Configuration.Others["X"]);
    }

    // apple/container #330, google/go-containerregistry #866: an index without a type, in it one without, layers with an empty one.
    [Fact]
    public void What_states_no_media_type_is_what_its_content_is()
    {
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"config":{{Json(Config)}},"layers":[{{Json(Layer)}}]}""");
        byte[] nested = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"manifests":[null,{{Json(manifest)}}]}""");
        byte[] index = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"manifests":[{{Json(nested)}}]}""");

        ContainerImage image = TestImage.Read(TestImage.SaveDirectory(In("layout"), TestImage.LayoutOf(index, nested, manifest, Config, Layer)));

        Assert.Equal((5L, TestImage.Sha256(manifest)), (image.Size, image.ManifestDigest));

        static string Json(byte[] blob) => $$"""{"mediaType":"","digest":"{{TestImage.Sha256(blob)}}","size":{{blob.Length}},"annotations":null}""";
    }

    // containerd takes the kernel's names for Go's (platforms, database.go).
    [Theory]
    [InlineData("linux/amd64", "x86_64")]
    [InlineData("linux/arm64", "aarch64")]
    [InlineData("linux/arm/v6", "armv6l")]
    public async Task An_image_is_chosen_by_Go_s_name_where_its_configuration_has_another(string platform, string architecture)
    {
        byte[][] configs = [.. new[] { "x86_64", "aarch64", "armv6l" }.Select(name => TestImage.Config([Layer], architecture: name))];
        byte[][] manifests = [.. configs.Select(config => TestImage.Manifest(config, [(Layer, LayerType)]))];
        ImageLocation layout = TestImage.SaveDirectory(In("layout"), TestImage.LayoutOf(
            TestImage.Index([.. manifests.Select(manifest => TestImage.Descriptor(manifest, ManifestType))]), [.. manifests, .. configs, Layer]));

        ContainerImage image = await new ImageReader { Platform = ImagePlatform.Parse(platform) }.ReadAsync(layout, CancellationToken.None);

        Assert.Equal(architecture, image.Platform.Architecture);
    }

    // moby #4178: what AUFS keeps beside the files is not in the image, and hard links lead to it all the same.
    [Fact]
    public void Hard_links_to_what_AUFS_keeps_are_files_and_that_is_not_there()
    {
        ContainerImage image = TestImage.Read(TestImage.DockerArchive(
        [
            new TarBytes().File("gone", "1").File("stay", "22").End(),
            new TarBytes().Directory(".wh..wh.plnk").File(".wh..wh.plnk/1.2", "333").HardLink("one", ".wh..wh.plnk/1.2")
                .HardLink("two", ".wh..wh.plnk/1.2").HardLink(".wh.gone", ".wh..wh.aufs").Directory(".wh..wh.orph").File(".wh..wh.aufs", "").End(),
        ]));

        Assert.Equal(["/one File 3 @1", "/stay File 2 @0", "/two File 3 @1"], TestImage.Tree(image));
        Assert.Equal((2, 0, 1), (image.Layers[1].FilesAdded, image.Layers[1].FilesChanged, image.Layers[1].FilesRemoved));
    }

    // anchore/stereoscope #694: an opaque directory hides what is below it at its own path, and not where a link there led to.
    [Fact]
    public void An_opaque_directory_over_a_link_leaves_what_the_link_led_to()
    {
        ContainerImage image = TestImage.Read(TestImage.DockerArchive(
        [
            new TarBytes().File("target/keep", "1").SymbolicLink("link", "/target").End(),
            new TarBytes().Directory("link").File("link/.wh..wh..opq", "").File("link/new", "22").End(),
        ]));

        Assert.Equal(["/link Directory 0 @1", "/link/new File 2 @1", "/target implied", "/target/keep File 1 @0"], TestImage.Tree(image));
    }

    // confidential-containers/guest-components #1737: an empty value takes a record back, or is one of an attribute.
    [Fact]
    public void Empty_values_of_extended_headers_are_read()
    {
        ContainerImage image = TestImage.Read(TestImage.DockerArchive(
        [
            new TarBytes().File("a", "1", pax: [("SCHILY.xattr.user.overlay.origin", []), ("path", []), ("comment", [])]).End(),
        ]));

        Assert.Equal(["/a File 1 @0"], TestImage.Tree(image));
    }

    // 80 is 80/tcp; a text is a list of one; null, what is empty and what is left out are the same.
    [Fact]
    public void What_means_the_same_is_no_change()
    {
        ContainerImage one = TestImage.Read(TestImage.DockerArchive(
            [Layer], """{"ExposedPorts":{"80":{}},"Entrypoint":"/a","Cmd":null,"Labels":null,"Env":["A=1","B=2"],"Volumes":{},"Memory":0}"""));
        ContainerImage other = TestImage.Read(TestImage.DockerArchive(
            [Layer], """{"ExposedPorts":{"80/tcp":{}},"Entrypoint":["/a"],"Cmd":[],"Env":["B=2","A=1"],"Image":"sha256:00","Tty":false}"""));

        Assert.Empty(ImageComparer.Compare(one, other, CancellationToken.None).Configuration);
    }

    [Fact]
    public void An_encrypted_layer_is_an_image_s_and_is_not_read()
    {
        byte[] manifest = TestImage.Manifest(Config, [(Layer, LayerType + "+gzip+encrypted")]);

        Assert.Equal("MediaTypeNotSupported", Fails(manifest).ErrorId);
    }

    [Fact]
    public void Several_names_of_one_digest_are_one_image_with_all_of_them()
    {
        Dictionary<string, object> Named(string tag) => new(TestImage.Descriptor(Manifest, ManifestType))
        {
            ["annotations"] = new Dictionary<string, string>
            {
                ["io.containerd.image.name"] = "docker.io/library/app:" + tag, ["org.opencontainers.image.ref.name"] = tag,
            },
        };
        ImageLocation layout = TestImage.SaveDirectory(
            In("tags"), TestImage.LayoutOf(TestImage.Index(Named("1.2.3"), Named("latest")), Manifest, Config, Layer));

        Assert.Equal(["app:1.2.3", "app:latest"], TestImage.Read(layout).Tags);
        Assert.Equal(["app:1.2.3", "app:latest"], TestImage.Read(Of($"oci:{layout.Address}:latest")).Tags);
    }

    [Theory]
    [InlineData("linux/amd64")]
    [InlineData("linux/arm64")]
    public async Task One_manifest_may_serve_several_platforms(string platform)
    {
        ImageLocation layout = TestImage.SaveDirectory(
            In("noarch"), TestImage.LayoutOf(TestImage.Index(TestImage.DescriptorFor(Manifest, "amd64"), TestImage.DescriptorFor(Manifest, "arm64")), Manifest, Config, Layer));

        ContainerImage image = await new ImageReader { Platform = ImagePlatform.Parse(platform) }.ReadAsync(layout, CancellationToken.None);

        Assert.Equal(platform, image.Platform.ToString());
    }

    [Theory]
    [InlineData("windows(10.0.17763.6414)/amd64", "10.0.17763.6414")]
    [InlineData("windows(10.0.20348)/amd64", "10.0.20348.2762")]
    [InlineData("windows(10.0.2034)/amd64", null)]
    [InlineData("windows/amd64", "PlatformAmbiguous")]
    [InlineData(null, "PlatformNotFound")]
    public async Task Images_that_only_os_version_tells_apart_can_be_chosen(string? platform, string? expected)
    {
        byte[][] configs = [.. new[] { "10.0.17763.6414", "10.0.20348.2762" }.Select(version => Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"windows","os.version":"{{{version}}}","rootfs":{"type":"layers","diff_ids":["{{{TestImage.Sha256(Layer)}}}"]}}"""))];
        byte[][] manifests = [.. configs.Select(config => TestImage.Manifest(config, [(Layer, LayerType)]))];
        ImageLocation layout = TestImage.SaveDirectory(In("windows"), TestImage.LayoutOf(
            TestImage.Index([.. manifests.Select(manifest => TestImage.Descriptor(manifest, ManifestType))]), [.. configs, .. manifests, Layer]));
        var reader = new ImageReader { Platform = platform is null ? null : ImagePlatform.Parse(platform) };
        if (expected is not null && expected.StartsWith('1'))
        {
            Assert.Equal(expected, (await reader.ReadAsync(layout, CancellationToken.None)).Platform.OsVersion);
            return;
        }

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => reader.ReadAsync(layout, CancellationToken.None));
        Assert.Equal(expected ?? "PlatformNotFound", e.ErrorId);
        Assert.Contains("windows(10.0.17763.6414)/amd64", e.Message, StringComparison.Ordinal);
        if (expected == "PlatformAmbiguous")
        {
            Assert.Contains("-Platform 'windows(10.0.20348.2762)/amd64'", e.Fix, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{0}.json")]
    [InlineData("sha256:{0}")]
    [InlineData("config.json")]
    [InlineData("blobs/sha256/{0}")]
    public void The_ID_is_the_digest_of_the_configuration_whatever_that_is_called(string name)
    {
        Assert.Equal(TestImage.Sha256(Config), TestImage.Read(Archive(string.Format(name, TestImage.Hex(Config)))).ConfigDigest);

        // Where the name is a digest, it has to be the right one.
        string other = string.Format(name, new string('0', 64));
        if (other != name)
        {
            Assert.Equal("DigestMismatch", Assert.Throws<GoCrossException>(() => TestImage.Read(Archive(other))).ErrorId);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Blobs_may_be_named_by_SHA512(bool isCompressed, bool areDiffIds)
    {
        ImageLocation layout = SaveSha512(isCompressed, areDiffIds, damaged: false, "sha512");

        Assert.Equal(5, TestImage.Read(layout).Size);
        Assert.StartsWith("sha512:", TestImage.Read(layout).Layers[0].Digest, StringComparison.Ordinal);
        Assert.Equal("DigestMismatch", Assert.Throws<GoCrossException>(
            () => TestImage.Read(SaveSha512(isCompressed, areDiffIds, damaged: true, "damaged"))).ErrorId);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Diff_IDs_may_be_of_another_algorithm_than_the_names_of_blobs(bool isCompressed, bool isStreamed)
    {
        byte[] stored = isCompressed ? TestImage.Gzip(Layer) : Layer;

        Assert.Equal(5, TestImage.Read(Save(Layer)).Size);
        Assert.Equal("DiffIdMismatch", Assert.Throws<GoCrossException>(() => TestImage.Read(Save(Config))).ErrorId);

        ImageLocation Save(byte[] named)
        {
            byte[] config = Encoding.UTF8.GetBytes(
                $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha512:{{{Convert.ToHexString(SHA512.HashData(named)).ToLowerInvariant()}}}"]}}""");
            Dictionary<string, byte[]> files = TestImage.Layout(config, stored);
            return isStreamed
                ? TestImage.Save(_folder.Path, TestImage.Gzip(TestImage.Tar(files)), "image.tar.gz")
                : TestImage.SaveDirectory(In("layout" + files.Count + named.Length), files);
        }
    }

    [ToolTheory("skopeo", "tar")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_directory_of_skopeo_is_read(bool hasIndex)
    {
        byte[] arm = TestImage.Config([Layer], architecture: "arm64");
        byte[] armManifest = TestImage.Manifest(arm, [(Layer, LayerType)]);
        byte[] index = TestImage.Index(TestImage.DescriptorFor(Manifest, "amd64"), TestImage.DescriptorFor(armManifest, "arm64"));
        ImageLocation layout = TestImage.SaveDirectory(In("layout"), TestImage.LayoutOf(
            TestImage.Index(TestImage.Descriptor(hasIndex ? index : Manifest, hasIndex ? "application/vnd.oci.image.index.v1+json" : ManifestType)),
            index, Manifest, armManifest, Config, arm, Layer));
        Programs.Output("skopeo", hasIndex
            ? ["copy", "--all", "oci:" + layout.Address, "dir:" + In("dir")]
            : ["copy", "oci:" + layout.Address, "dir:" + In("dir")]);

        // And as an archive, whole or compressed: skopeo has none of it, people who send one do.
        Programs.Output("tar", ["-C", In("dir"), "-cf", In("dir.tar"), "."]);
        Programs.Output("tar", ["-C", In("dir"), "-czf", In("dir.tar.gz"), "."]);
        ImageLocation[] locations =
        [
            .. new[] { In("dir"), In("dir.tar"), In("dir.tar.gz") }.SelectMany(path => new[] { TestImage.At(path), Of("dir:" + path) }),
        ];
        foreach (ImageLocation location in locations)
        {
            ContainerImage image = await new ImageReader { Platform = ImagePlatform.Parse(hasIndex ? "linux/arm64" : "linux/amd64") }
                .ReadAsync(location, CancellationToken.None);
            Assert.Equal((5L, TestImage.Sha256(hasIndex ? arm : Config)), (image.Size, image.ConfigDigest));
            Assert.Equal(TestImage.Sha256(hasIndex ? armManifest : Manifest), image.ManifestDigest);
        }
    }

    [Fact]
    public void What_a_container_or_a_build_takes_over_is_compared()
    {
        const string Run = """
            {"Cmd":["/a"],"StopSignal":"SIGINT","StopTimeout":30,"ArgsEscaped":true,"Memory":1048576,"CpuShares":0,"Hostname":"3f2a","Shell":["/bin/bash","-c"],"OnBuild":["RUN x","COPY . /"],
             "Healthcheck":{"Test":["CMD","/a","--check"],"Interval":30000000000,"Timeout":2500000000,"Retries":3}}
            """;
        ContainerImage with = TestImage.Read(TestImage.DockerArchive([Layer], Run));
        ContainerImage without = TestImage.Read(TestImage.DockerArchive([Layer], """{"Cmd":["/a"]}"""));

        ImageComparison comparison = ImageComparer.Compare(with, without, CancellationToken.None);

        Assert.Equal(
            [
                "StopSignal: SIGINT -> (none)", "StopTimeout: 30s -> (none)", "Healthcheck: --interval=30s --timeout=2.5s --retries=3 CMD /a --check -> (none)",
                "Shell: /bin/bash -c -> (none)", "OnBuild: RUN x; COPY . / -> (none)", "ArgsEscaped: true -> (none)",
                "Other Memory: 1048576 -> (none)",
            ],
            comparison.Configuration.Select(change => change.ToString()));
    }

    [Theory]
    [InlineData("{\"schemaVersion\":2,\"manifests\":7}")]
    [InlineData("[1]")]
    [InlineData("{\"manifests\":[")]
    public void A_document_that_is_something_else_is_told_without_names_of_NET(string index)
    {
        ImageLocation layout = TestImage.SaveDirectory(
            In("layout"), [new("oci-layout", "{}"u8.ToArray()), new("index.json", Encoding.UTF8.GetBytes(index))]);

        GoCrossException e = Assert.Throws<GoCrossException>(() => TestImage.Read(layout));

        Assert.Equal("ImageJsonInvalid", e.ErrorId);
        Assert.DoesNotContain("System.", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("GoCross.", e.Message, StringComparison.Ordinal);
    }

    private static ImageLocation Of(string text) => ImageLocation.Parse(text, path => path);

    private static byte[] Archive(string configName) => new TarBytes()
        .File(configName, Config).File("layer.tar", Layer)
        .File("manifest.json", $$"""[{"Config":"{{configName}}","RepoTags":["x/y:1"],"Layers":["layer.tar"]}]""").End();

    private GoCrossException Fails(byte[] manifest) => Assert.Throws<GoCrossException>(() => TestImage.Read(TestImage.SaveDirectory(
        In("fails"), TestImage.LayoutOf(TestImage.Index(TestImage.Descriptor(manifest, ManifestType)), manifest, Config, Layer))));

    private ImageLocation SaveSha512(bool isCompressed, bool areDiffIds, bool damaged, string name)
    {
        byte[] stored = isCompressed ? TestImage.Gzip(Layer) : Layer;
        byte[] config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{(areDiffIds ? Sha512(Layer) : TestImage.Sha256(Layer))}}}"]}}""");
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = Named(config, "application/vnd.oci.image.config.v1+json"),
            layers = new[] { Named(stored, LayerType) },
        });
        var files = new Dictionary<string, byte[]>
        {
            ["oci-layout"] = "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray(), ["index.json"] = TestImage.Index(Named(manifest, ManifestType)),
        };
        foreach (byte[] blob in new[] { config, manifest, stored })
        {
            files["blobs/" + Sha512(blob).Replace(':', '/')] = blob;
        }

        if (damaged)
        {
            // One bit of the content, in the middle of a file: the tar still reads.
            byte[] other = [.. stored];
            other[isCompressed ? ^1 : 512] ^= 1;
            files["blobs/" + Sha512(stored).Replace(':', '/')] = other;
        }

        return TestImage.SaveDirectory(In(name), files);

        static string Sha512(byte[] content) => "sha512:" + Convert.ToHexString(SHA512.HashData(content)).ToLowerInvariant();

        static Dictionary<string, object> Named(byte[] blob, string type) => new() { ["mediaType"] = type, ["digest"] = Sha512(blob), ["size"] = blob.Length };
    }

    private string In(string name) => Path.Combine(_folder.Path, name);
}
