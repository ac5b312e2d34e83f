using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>Images that are damaged, or made to do harm: each is a named error or a result, in bounded memory.</summary>
public sealed class HostileImageTests : IDisposable
{
    private static readonly byte[] Layer = new TarBytes()
        .Directory("d").Pax(("SCHILY.xattr.user.x", "value"u8.ToArray())).File("d/f", new byte[600]).HardLink("h", "d/f").SymbolicLink("s", "h")
        .File("d/.wh.x", "").End();

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("docker")]
    [InlineData("oci gzip")]
    [InlineData("oci zstd")]
    [InlineData("all gzip")]
    public void An_archive_cut_off_anywhere_is_an_error_that_says_where(string form)
    {
        byte[] archive = Archive(form);
        string path = Path.Combine(_folder.Path, "cut.tar");

        // Not the end marker's zeros nor what pads the last entry: without them an archive is whole. In an OCI layout not
        // the last entry either, which is the file oci-layout: everything is there without it.
        int whole = archive.Length - form switch
        {
            "all gzip" => 8,
            "docker" => 1024 + 511,
            _ => 2048 + 511,
        };
        for (int length = 1; length < whole; length += 97)
        {
            File.WriteAllBytes(path, archive[..length]);
            GoCrossException e = Assert.Throws<GoCrossException>(() => TestImage.Read(TestImage.At(path)));
            Assert.NotEmpty(e.Fix);
            if (length > 512 && !form.StartsWith("all", StringComparison.Ordinal))
            {
                Assert.True(e.ErrorId is "ImageTruncated" or "ImageTruncatedBefore" || length % 512 == 0, $"{length}: {e.ErrorId} {e.Message}");
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData("docker")]
    [InlineData("oci gzip")]
    [InlineData("oci zstd")]
    [InlineData("all gzip")]
    public void Damage_anywhere_is_an_error_or_a_result(string form)
    {
        byte[] archive = Archive(form);
        var random = new Random(20240607);
        string path = Path.Combine(_folder.Path, "damaged.tar");
        int failed = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] damaged = [.. archive];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(4) switch
                {
                    0 => 0,
                    1 => 0xFF,
                    2 => (byte)random.Next("0123456789{}[]\"/.".Length),
                    _ => (byte)random.Next(256),
                };
            }

            File.WriteAllBytes(path, damaged);
            failed += ReadsOrFails(path) ? 0 : 1;
        }

        Assert.InRange(failed, 300, 1500);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Damaged_headers_with_right_checksums_are_an_error_or_a_result()
    {
        // A checksum that fits lets the damage through to the fields behind it.
        var random = new Random(20240608);
        string path = Path.Combine(_folder.Path, "damaged.tar");
        for (int round = 0; round < 1500; round++)
        {
            byte[] layer = [.. Layer];
            int[] headers = [.. Enumerable.Range(0, layer.Length / 512).Where(i => layer.AsSpan(i * 512 + 257, 5).SequenceEqual("ustar"u8))];
            int at = headers[random.Next(headers.Length)] * 512;
            byte[] header = layer[at..(at + 512)];
            header[random.Next(3) == 0 ? 156 : random.Next(512)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "xgLKSV01234567"[random.Next(14)]);
            TarBytes.WithChecksum(header).CopyTo(layer, at);
            File.WriteAllBytes(path, TestImage.DockerArchive([layer]));
            ReadsOrFails(path);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("sparse")]
    public void A_layer_that_unpacks_to_far_more_than_is_stored_is_stopped(string form)
    {
        // 2 MiB of zeros where 1 MiB, and beyond that 50 times the stored size, is the limit.
        ImageLimits limits = new() { UnpackedBytes = 1 << 20, UnpackRatio = 50 };
        byte[] large = new TarBytes().File("zeros", new byte[2 << 20]).End();
        byte[] map = Encoding.ASCII.GetBytes("1\n0\n1\n").Concat(new byte[506]).Concat("x"u8.ToArray()).ToArray();
        byte[] stored = form switch
        {
            "gzip" => TestImage.Gzip(large),
            "zstd" => TestImage.Zstd(large),
            _ => new TarBytes().Pax(
                ("GNU.sparse.major", "1"u8.ToArray()), ("GNU.sparse.minor", "0"u8.ToArray()), ("GNU.sparse.realsize", "1152921504606846976"u8.ToArray()))
                .File("huge", map).End(),
        };
        byte[] unpacked = form == "sparse" ? stored : large;
        ImageLocation image = TestImage.Save(_folder.Path, TestImage.Tar(TestImage.Layout(TestImage.Config([unpacked]), stored)));

        GoCrossException e = Fails(image, limits);

        Assert.Equal("LayerUnpackLimit", e.ErrorId);
        Assert.Contains("50 times", e.Message, StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void More_empty_files_than_what_is_stored_makes_believable_are_stopped()
    {
        // 100,000 times the same header is 51 MB of tar in some 0.2 MB of gzip, and would be an index of at least 48 bytes
        // an entry, 4.8 MB. The limit here is 2 MiB and 4 bytes for each of the stored ones.
        byte[] header = TarBytes.Header("f", 0, '0');
        using var stored = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stored, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] many = [.. Enumerable.Repeat(header, 1000).SelectMany(block => block)];
            for (int i = 0; i < 100; i++)
            {
                gzip.Write(many);
            }
        }

        ImageLocation image = TestImage.Save(_folder.Path, TestImage.Tar(TestImage.Layout(TestImage.Config([header]), stored.ToArray())));

        GoCrossException e = Fails(image, new ImageLimits { IndexBytes = 2 << 20, IndexBytesPerStoredByte = 4 });

        Assert.Equal("LayerIndexLimit", e.ErrorId);
        Assert.Equal(ErrorKind.LimitExceeded, e.Kind);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task As_many_small_files_as_are_really_stored_are_read()
    {
        var tar = new TarBytes();
        for (int i = 0; i < 20_000; i++)
        {
            tar.File($"dir{i / 100}/file{i}", "x");
        }

        byte[] layer = tar.End();
        ImageLimits limits = new() { IndexBytes = 0 };
        ImageLocation image = TestImage.Save(_folder.Path, TestImage.Tar(TestImage.Layout(TestImage.Config([layer]), TestImage.Gzip(layer))));

        ContainerImage read = await new ImageReader(limits).ReadAsync(image, CancellationToken.None);

        Assert.Equal(20_000, read.Layers[0].FileCount);
    }

    [Fact]
    public void A_path_longer_than_the_limit_is_named()
    {
        byte[] layer = new TarBytes().Pax(("path", Encoding.ASCII.GetBytes(string.Join('/', Enumerable.Repeat("a", 2049))))).File("x", "").End();

        GoCrossException e = Fails(TestImage.Save(_folder.Path, TestImage.DockerArchive([layer])));

        Assert.Equal("LayerPathLimit", e.ErrorId);
        Assert.Contains("4096", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_document_is_refused_before_it_is_read()
    {
        byte[] archive = new TarBytes().File("manifest.json", new byte[(4 << 20) + 1]).End();

        GoCrossException e = Fails(TestImage.Save(_folder.Path, archive));

        Assert.Equal("ImageJsonLimit", e.ErrorId);
        Assert.Contains("4194304", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"Config":"c.json","Layers":""")]
    [InlineData("null")]
    [InlineData("[[]]")]
    [InlineData("""[{"Config":7}]""")]
    [InlineData("\"\\ud800\"")]
    public void A_document_that_is_none_is_named(string json)
    {
        GoCrossException e = Fails(TestImage.Save(_folder.Path, new TarBytes().File("manifest.json", json).End()));

        Assert.Equal("ImageJsonInvalid", e.ErrorId);
        Assert.Contains("manifest.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_nested_brackets_are_an_error()
    {
        string json = new string('[', 100_000);

        Assert.Equal("ImageJsonInvalid", Fails(TestImage.Save(_folder.Path, new TarBytes().File("manifest.json", json).End())).ErrorId);
    }

    [Fact]
    public void More_layers_than_the_limit_are_named()
    {
        byte[] config = TestImage.Config([.. Enumerable.Repeat(Layer, 4097)]);
        var tar = new TarBytes().File($"{TestImage.Hex(config)}.json", config).File("l.tar", Layer)
            .File("manifest.json", $$"""[{"Config":"{{TestImage.Hex(config)}}.json","Layers":[{{string.Join(',', Enumerable.Repeat("\"l.tar\"", 4097))}}]}]""");

        GoCrossException e = Fails(TestImage.Save(_folder.Path, tar.End()));

        Assert.Equal("ImageLayersLimit", e.ErrorId);
        Assert.Contains("4096", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexes_nested_too_deep_are_named()
    {
        var blobs = new List<byte[]>();
        byte[] index = TestImage.Index();
        for (int i = 0; i < 12; i++)
        {
            blobs.Add(index);
            index = TestImage.Index(TestImage.Descriptor(index, "application/vnd.oci.image.index.v1+json"));
        }

        Assert.Equal("ImageNestingLimit", Fails(TestImage.Save(_folder.Path, TestImage.Tar(TestImage.LayoutOf(index, [.. blobs])))).ErrorId);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 50) + 1)]
    public void An_impossible_size_of_a_layer_that_is_not_there_is_named(long size)
    {
        byte[] config = TestImage.Config([Layer]);
        string digest = TestImage.Sha256(Layer);
        const string Foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        byte[] docker = new TarBytes().File("c.json", config).File("manifest.json",
            $$$$"""[{"Config":"c.json","Layers":["l.tar"],"LayerSources":{"{{{{digest}}}}":{"mediaType":"{{{{Foreign}}}}","size":{{{{size}}}},"digest":"{{{{digest}}}}"}}}]""").End();
        Dictionary<string, object> layer = TestImage.Descriptor(Layer, Foreign);
        layer["size"] = size;
        byte[] manifest = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2, config = TestImage.Descriptor(config, "application/vnd.oci.image.config.v1+json"), layers = new[] { layer },
        });
        byte[] oci = TestImage.Tar(TestImage.LayoutOf(
            TestImage.Index(TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json")), config, manifest));

        Assert.Equal("BlobSizeInvalid", Fails(TestImage.Save(_folder.Path, docker, "docker.tar")).ErrorId);
        Assert.Equal("BlobSizeInvalid", Fails(TestImage.Save(_folder.Path, oci, "oci.tar")).ErrorId);
    }

    [Fact]
    public void A_configuration_that_is_named_thousands_of_times_is_read_once_for_them()
    {
        // 4096 times 1 MB would be 4 GB to hash and parse. Named by different links it counts each time, and is stopped.
        byte[] config = [.. TestImage.Config([Layer]), .. Enumerable.Repeat((byte)' ', 1 << 20)];
        string item = """{"Config":"c.json","Layers":["l.tar"]}""";
        byte[] same = new TarBytes().File("c.json", config).File("l.tar", Layer)
            .File("manifest.json", $"[{string.Join(',', Enumerable.Repeat(item, 4096))}]").End();
        var links = new TarBytes().File("c.json", config).File("l.tar", Layer);
        for (int i = 0; i < 70; i++)
        {
            links.SymbolicLink($"c{i}.json", "c.json");
        }

        byte[] linked = links.File(
            "manifest.json",
            $"[{string.Join(',', Enumerable.Range(0, 70).Select(i => item.Replace("c.json", $"c{i}.json", StringComparison.Ordinal)))}]").End();

        Assert.Single(TestImage.Read(TestImage.Save(_folder.Path, same, "same.tar")).Layers);
        GoCrossException e = Fails(TestImage.Save(_folder.Path, linked, "linked.tar"));
        Assert.Equal("ImageJsonTotalLimit", e.ErrorId);
        Assert.Contains("67108864", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_that_an_index_lists_thousands_of_times_is_stopped()
    {
        byte[] config = TestImage.Config([Layer]);
        byte[] manifest =
        [
            .. TestImage.Manifest(config, [(Layer, "application/vnd.oci.image.layer.v1.tar")]), .. Enumerable.Repeat((byte)' ', 1 << 20),
        ];
        Dictionary<string, object> descriptor = TestImage.DescriptorFor(manifest, "amd64");
        ImageLocation image = TestImage.Save(_folder.Path, TestImage.Tar(TestImage.LayoutOf(
            TestImage.Index([.. Enumerable.Repeat(descriptor, 4096)]), config, manifest, Layer)));

        Assert.Equal("ImageJsonTotalLimit", Fails(image).ErrorId);
    }

    [ToolFact("mkfifo")]
    public void A_pipe_is_no_image_and_is_not_opened()
    {
        string pipe = Path.Combine(_folder.Path, "pipe");
        Programs.Output("mkfifo", [pipe]);
        string link = Path.Combine(_folder.Path, "link");
        File.CreateSymbolicLink(link, pipe);

        // To open it would wait for a writer, and there is none.
        Assert.Equal("NotAnImage", Fails(TestImage.At(pipe)).ErrorId);
        Assert.Equal("NotAnImage", Fails(TestImage.At(link)).ErrorId);
    }

    [ToolTheory("mkfifo")]
    [InlineData("index.json")]
    [InlineData("layer")]
    public void A_pipe_in_a_layout_s_directory_is_not_opened(string which)
    {
        Dictionary<string, byte[]> files = TestImage.Layout(TestImage.Config([Layer]), Layer);
        string path = which == "layer" ? $"blobs/sha256/{TestImage.Hex(Layer)}" : which;
        ImageLocation image = TestImage.SaveDirectory(_folder.Path, files);
        File.Delete(Path.Combine(_folder.Path, path));
        Programs.Output("mkfifo", [Path.Combine(_folder.Path, path)]);

        GoCrossException e = Fails(image);

        // It has no bytes: no JSON, and not the 3072 or so that its descriptor states.
        Assert.Equal(which == "layer" ? "BlobSizeMismatch" : "ImageJsonInvalid", e.ErrorId);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("inner/../../outside")]
    public void A_link_out_of_a_layout_s_directory_is_not_followed(string target)
    {
        string folder = Path.Combine(_folder.Path, "layout");
        Dictionary<string, byte[]> files = TestImage.Layout(TestImage.Config([Layer]), Layer);
        ImageLocation image = TestImage.SaveDirectory(folder, files);
        File.WriteAllBytes(Path.Combine(_folder.Path, "outside"), files["index.json"]);
        Directory.CreateDirectory(Path.Combine(folder, "inner"));
        File.Delete(Path.Combine(folder, "index.json"));
        File.CreateSymbolicLink(Path.Combine(folder, "index.json"), target);

        Assert.Equal("BlobOutside", Fails(image).ErrorId);
    }

    [Fact]
    public void Links_that_stay_in_a_layout_s_directory_are_followed()
    {
        string folder = Path.Combine(_folder.Path, "layout");
        Dictionary<string, byte[]> files = TestImage.Layout(TestImage.Config([Layer]), Layer);
        ImageLocation image = TestImage.SaveDirectory(folder, files);
        Directory.Move(Path.Combine(folder, "blobs"), Path.Combine(folder, "store"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "blobs"), "./x/../store");
        string blob = Path.Combine(folder, "store", "sha256", TestImage.Hex(Layer));
        File.Move(blob, blob + ".moved");
        File.CreateSymbolicLink(blob, Path.Combine(folder, "blobs", "sha256", TestImage.Hex(Layer) + ".moved"));
        Directory.CreateDirectory(Path.Combine(folder, "x"));

        Assert.Single(TestImage.Read(image).Layers);
    }

    [Fact]
    public void A_chain_of_parents_that_bites_its_tail_ends()
    {
        byte[] archive = new TarBytes()
            .File("a/json", """{"parent":"b"}""").File("a/layer.tar", Layer).File("b/json", """{"parent":"a"}""").File("b/layer.tar", Layer)
            .File("repositories", """{"x":{"y":"a"}}""").End();

        Assert.Equal("ImageLayersLimit", Fails(TestImage.Save(_folder.Path, archive)).ErrorId);
    }

    [Theory]
    [InlineData(".wh.")]
    [InlineData("d/.wh..")]
    [InlineData("d/.wh...")]
    public void A_whiteout_of_nothing_is_named(string name) =>
        Assert.Equal("WhiteoutInvalid", Fails(TestImage.Save(_folder.Path, TestImage.DockerArchive([new TarBytes().File(name, "").End()]))).ErrorId);

    [Theory]
    [InlineData("../../../../etc/hostname")]
    [InlineData("/etc/hostname")]
    public void A_document_s_path_does_not_leave_a_directory(string path)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "manifest.json"), $$"""[{"Config":"{{path}}","Layers":[]}]""");

        GoCrossException e = Assert.Throws<GoCrossException>(() => TestImage.Read(TestImage.At(_folder.Path)));

        Assert.Equal("BlobMissing", e.ErrorId);
        Assert.Contains("blob etc/hostname", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_reading()
    {
        ImageLocation image = TestImage.Save(_folder.Path, TestImage.DockerArchive([new TarBytes().File("f", new byte[8 << 20]).End()]));
        using var stop = new CancellationTokenSource();
        var reader = new ImageReader { Progress = _ => stop.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(image, stop.Token));
    }

    private static byte[] Archive(string form) => form switch
    {
        "docker" => TestImage.DockerArchive([Layer]),
        "oci gzip" => TestImage.Tar(TestImage.Layout(TestImage.Config([Layer]), TestImage.Gzip(Layer)).Reverse()),
        "oci zstd" => TestImage.Tar(TestImage.Layout(TestImage.Config([Layer]), TestImage.Zstd(Layer)).Reverse()),
        _ => TestImage.Gzip(TestImage.DockerArchive([Layer])),
    };

    private static GoCrossException Fails(ImageLocation image, ImageLimits? limits = null) => Assert.Throws<GoCrossException>(
        () => new ImageReader(limits ?? ImageLimits.Default).ReadAsync(image, CancellationToken.None).GetAwaiter().GetResult());

    // Anything but a result and a GoCrossException fails the test.
    private static bool ReadsOrFails(string path)
    {
        try
        {
            TestImage.Tree(TestImage.Read(TestImage.At(path)));
            return true;
        }
        catch (GoCrossException)
        {
            return false;
        }
    }
}
