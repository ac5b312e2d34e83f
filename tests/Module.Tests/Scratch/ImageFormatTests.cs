using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Isolated;
using GoCross.Oci;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

/// <summary>What an image is written as: the expectations are what skopeo, umoci, docker, gzip, zstd and sha256 say of it.</summary>
[Collection(DockerDaemon.Collection)]
public sealed class ImageFormatTests(DockerDaemon docker) : IDisposable
{
    private const string Name = "gocross-test/format:latest";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolTheory("go", "skopeo")]
    [InlineData(ImageFormat.Hybrid)]
    [InlineData(ImageFormat.OciArchive)]
    [InlineData(ImageFormat.OciDirectory)]
    public void Several_platforms_are_one_index_that_skopeo_copies_whole(ImageFormat format)
    {
        ScratchImage image = Write(["linux/arm64", "linux/amd64", "linux/arm/v7"], new ScratchImageOptions { Format = format });
        string source = Source(image);

        string raw = Programs.Output("skopeo", ["inspect", "--raw", source]).TrimEnd('\n');
        Programs.Output("skopeo", ["copy", "--quiet", "--all", source, "dir:" + In("copied")]);

        Assert.Equal(image.Digest, Digest(Encoding.UTF8.GetBytes(raw)));
        using JsonDocument index = JsonDocument.Parse(raw);
        Assert.Equal(
            ["linux/amd64", "linux/arm/v7", "linux/arm64"],
            index.RootElement.GetProperty("manifests").EnumerateArray().Select(Platform));
        Assert.Equal(["linux/amd64", "linux/arm/v7", "linux/arm64"], image.Manifests.Select(manifest => manifest.Platform));
        foreach (ScratchImageManifest manifest in image.Manifests)
        {
            string[] parts = manifest.Platform.Split('/');
            string config = Programs.Output("skopeo",
                ["--override-os", parts[0], "--override-arch", parts[1], .. parts.Length > 2 ? ["--override-variant", parts[2]] : (string[])[],
                    "inspect", "--raw", "--config", source]).TrimEnd('\n');
            Assert.Equal(manifest.ImageId, Digest(Encoding.UTF8.GetBytes(config)));
        }
    }

    [DockerFact("go")]
    public async Task The_docker_archive_of_several_platforms_has_amd64_and_loads()
    {
        ScratchImage image = Write(["linux/arm64", "linux/amd64"], new ScratchImageOptions());

        await docker.RunAsync("load", "--input", image.Path!);

        Assert.Equal(
            image.ImageId + " amd64",
            await docker.RunAsync("image", "inspect", "--format", "{{.Id}} {{.Architecture}}", image.Reference));
        Assert.Equal("plain", (await docker.TryRunAsync("run", "--rm", "--network", "none", image.Reference)).StandardError.Trim());
    }

    [ToolTheory("go", "skopeo", "umoci", "gzip", "zstd")]
    [InlineData(LayerCompression.None, "cat", "")]
    [InlineData(LayerCompression.Gzip, "gzip", "+gzip")]
    [InlineData(LayerCompression.Zstd, "zstd", "+zstd")]
    public void Layers_are_stored_as_asked_and_unpack_to_their_diff_IDs(LayerCompression compression, string tool, string suffix)
    {
        ScratchImage image = Write(
            ["linux/amd64"],
            new ScratchImageOptions { Format = ImageFormat.OciDirectory, Compression = compression, Gzip = new IsolatedLibraries().CompressGzip },
            GoSources.Probe);

        Assert.Equal(2, image.Layers.Count);
        foreach (ScratchImageLayer layer in image.Layers)
        {
            string blob = Path.Combine(image.Path!, "blobs", "sha256", layer.Digest["sha256:".Length..]);
            byte[] stored = File.ReadAllBytes(blob);
            Assert.Equal(layer.Digest, Digest(stored));
            Assert.Equal(layer.Length, stored.Length);
            Programs.Output("sh", ["-c", $"{tool} {(compression == LayerCompression.None ? "" : "-dc")} < \"$0\" > \"$1\"", blob, In("unpacked")]);
            Assert.Equal(layer.DiffId, Digest(File.ReadAllBytes(In("unpacked"))));
            Assert.Equal("application/vnd.oci.image.layer.v1.tar" + suffix, layer.MediaType);
            if (compression == LayerCompression.Gzip)
            {
                // RFC 1952: no flags, no time, no word about the effort, an unknown system.
                Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255], stored[..10]);
            }
        }

        using JsonDocument inspected = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", Source(image)]));
        Assert.Equal(image.Digest, inspected.RootElement.GetProperty("Digest").GetString());
        if (compression != LayerCompression.Zstd)
        {
            // Debian 12's umoci knows no zstd.
            Programs.Output("umoci", ["unpack", "--rootless", "--image", image.Path + ":latest", In("bundle")]);
            Assert.Equal(File.ReadAllBytes(image.BinaryPaths[0]), File.ReadAllBytes(Path.Combine(In("bundle"), "rootfs", "probe")));
        }
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go")]
    public void The_bytes_are_the_same_on_the_oldest_NET()
    {
        string program = GoSources.Build(GoSources.Probe, In("probe"));

        string[] lines = Programs.Output(OldRuntime(), [program, In("old"), Name]).TrimEnd('\n').Split('\n');

        Assert.StartsWith("8.", lines[0], StringComparison.Ordinal);
        Assert.True(Environment.Version.Major > 8);
        foreach (LayerCompression compression in Enum.GetValues<LayerCompression>())
        {
            ScratchImage image = Write(
                [ScratchProgram.Inspect(program, CancellationToken.None)],
                new ScratchImageOptions { Compression = compression, Gzip = new IsolatedLibraries().CompressGzip });
            Assert.Equal($"{compression} {image.Digest}", lines[1 + (int)compression]);
            Assert.Equal(File.ReadAllBytes(image.Path!), File.ReadAllBytes(Path.Combine(In("old"), compression + ".tar")));
            File.Delete(image.Path!);
        }
    }

    [ToolFact("go")]
    public void A_directory_that_is_no_layout_is_never_replaced_and_a_layout_unasked_only_as_it_was_written()
    {
        var options = new ScratchImageOptions { Format = ImageFormat.OciDirectory };
        Directory.CreateDirectory(In("image"));
        File.WriteAllText(Path.Combine(In("image"), "mine"), "mine");

        Assert.Equal("FileExists", Error(options));
        Assert.Equal("DirectoryNotLayout", Error(options with { Overwrite = true }));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(In("image"), "mine")));

        Directory.Delete(In("image"), recursive: true);
        string digest = Write(["linux/amd64"], options).Digest;
        Assert.Equal(digest, Write(["linux/amd64"], options).Digest);
        string added = Path.Combine(In("image"), "blobs", "mine");
        File.WriteAllText(added, "mine");
        Assert.Equal("FileExists", Error(options));
        Assert.Equal("mine", File.ReadAllText(added));
        File.Delete(added);
        string blob = Directory.GetFiles(Path.Combine(In("image"), "blobs/sha256"))[0];
        File.AppendAllText(blob, "\n");
        Assert.Equal("FileExists", Error(options));
        Assert.Equal(digest, Write(["linux/amd64"], options with { Overwrite = true }).Digest);
        Assert.Equal(
            ["image", "linux-amd64"], Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        string Error(ScratchImageOptions image) => Assert.Throws<GoCrossException>(() => Write(["linux/amd64"], image)).ErrorId;
    }

    [ToolTheory("go")]
    [InlineData(ImageFormat.Hybrid)]
    [InlineData(ImageFormat.OciDirectory)]
    public void A_cancelled_write_leaves_nothing(ImageFormat format)
    {
        ScratchProgram[] programs = [Build("linux/amd64", GoSources.Plain)];

        Assert.ThrowsAny<OperationCanceledException>(() => ScratchImageWriter.Write(
            programs, In("image"), null, new ScratchOptions(), new ScratchImageOptions { Format = format }, new CancellationToken(canceled: true)));

        Assert.Equal(["linux-amd64"], Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName));
    }

    [ToolFact("go", "skopeo")]
    public void Documents_are_attached_to_what_they_are_about()
    {
        ScratchProgram amd64 = Build("linux/amd64", GoSources.Plain);
        ScratchProgram arm64 = Build("linux/arm64", GoSources.Plain);
        string hash = Programs.Output("sha256sum", [arm64.Path]).Split(' ')[0];
        File.WriteAllText(In("sbom.json"), """{"bomFormat":"CycloneDX","specVersion":"1.5"}""");
        File.WriteAllText(
            In("provenance.json"),
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"plain","digest":{"sha256":"{{{hash}}}"}}],"predicateType":"https://slsa.dev/provenance/v1"}""");
        var options = new ScratchImageOptions { Format = ImageFormat.OciDirectory, Attachments = [In("sbom.json"), In("provenance.json")] };

        ScratchImage image = Write([amd64, arm64], options);

        Assert.Equal(
            [("application/vnd.cyclonedx+json", image.Digest), ("application/vnd.in-toto+json", image.Manifests[1].Digest)],
            image.Attachments.Select(attachment => (attachment.ArtifactType, attachment.Subject)));
        foreach ((ScratchImageAttachment attachment, string file) in image.Attachments.Zip((string[])["sbom.json", "provenance.json"]))
        {
            using JsonDocument manifest = JsonDocument.Parse(Blob(attachment.Digest));
            JsonElement root = manifest.RootElement;
            Assert.Equal(attachment.ArtifactType, root.GetProperty("artifactType").GetString());
            Assert.Equal(attachment.Subject, root.GetProperty("subject").GetProperty("digest").GetString());
            Assert.Equal(Blob(attachment.Subject).Length, root.GetProperty("subject").GetProperty("size").GetInt64());
            Assert.Equal(File.ReadAllBytes(In(file)), Blob(root.GetProperty("layers")[0].GetProperty("digest").GetString()!));
            Assert.Equal("{}"u8.ToArray(), Blob(root.GetProperty("config").GetProperty("digest").GetString()!));
        }

        // What is attached is not an image that somebody has to choose.
        Assert.Contains("linux", Programs.Output("skopeo", ["inspect", $"oci:{image.Path}:latest"]), StringComparison.Ordinal);
        ContainerImage read = new ImageReader { Platform = ImagePlatform.Parse("linux/arm64") }
            .ReadAsync(ImageLocation.Parse(image.Path!, Path.GetFullPath), CancellationToken.None).GetAwaiter().GetResult();
        Assert.Equal(image.Manifests[1].Digest, read.ManifestDigest);

        byte[] Blob(string digest) => File.ReadAllBytes(Path.Combine(image.Path!, "blobs", "sha256", digest["sha256:".Length..]));
    }

    // containers/image takes the only image of an archive, and of several none without a name; docker load takes them all.
    [ToolTheory("go", "skopeo", "tar")]
    [InlineData(ImageFormat.Hybrid)]
    [InlineData(ImageFormat.OciArchive)]
    public void An_archive_with_attachments_lists_its_image_alone(ImageFormat format)
    {
        File.WriteAllText(In("sbom.json"), """{"bomFormat":"CycloneDX","specVersion":"1.5"}""");

        ScratchImage image = Write(["linux/amd64"], new ScratchImageOptions { Format = format, Attachments = [In("sbom.json")] });

        using JsonDocument inspected = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", "oci-archive:" + image.Path]));
        Assert.Equal(image.Digest, inspected.RootElement.GetProperty("Digest").GetString());
        Assert.Contains(
            "blobs/sha256/" + image.Attachments[0].Digest["sha256:".Length..],
            Programs.Output("tar", ["-tf", image.Path!]),
            StringComparison.Ordinal);
    }

    [ToolTheory("go")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"00"}}]}""", "AttachmentOfOther")]
    [InlineData("""{"name":"package.json"}""", "AttachmentUnknown")]
    [InlineData("no json", "AttachmentUnknown")]
    [InlineData("[]", "AttachmentUnknown")]
    public void A_document_that_cannot_be_attached_is_an_error_and_nothing_is_written(string text, string errorId)
    {
        File.WriteAllText(In("document"), text);

        GoCrossException e = Assert.Throws<GoCrossException>(() => Write(
            ["linux/amd64"], new ScratchImageOptions { Attachments = [In("document")] }));

        Assert.Equal(errorId, e.ErrorId);
        Assert.Contains(In("document"), e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(In("image")));
    }

    [DockerFact("go", "skopeo")]
    public async Task Volumes_signal_health_check_and_annotations_arrive()
    {
        ScratchImage image = Write(
            [Build("linux/amd64", GoSources.Probe)],
            new ScratchImageOptions { Annotations = new Dictionary<string, string> { ["org.example.team"] = "a b" } },
            new ScratchOptions
            {
                StopSignal = "SIGINT",
                Volumes = ["/data"],
                HealthCheck = ["/probe", "health"],
                HealthCheckInterval = TimeSpan.FromSeconds(30),
                HealthCheckTimeout = TimeSpan.FromSeconds(2),
            });
        await docker.RunAsync("load", "--input", image.Path!);

        Assert.Equal(
            "SIGINT map[/data:{}] [CMD /probe health] 30s 2s",
            await docker.RunAsync(
                "image", "inspect", "--format",
                "{{.Config.StopSignal}} {{.Config.Volumes}} {{.Config.Healthcheck.Test}} {{.Config.Healthcheck.Interval}} {{.Config.Healthcheck.Timeout}}",
                image.Reference));
        using JsonDocument raw = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", "--raw", Source(image)]));
        Assert.Equal("a b", raw.RootElement.GetProperty("annotations").GetProperty("org.example.team").GetString());

        // The volume belongs to the user, or nobody could write to it.
        using var folder = new ImageFolder(image.Path!, image.Manifests[0]);
        Assert.Contains("/data", folder.Files);
        Assert.Equal("65532", folder.OwnerOf("/data"));
    }

    [Theory]
    [InlineData("data", "ScratchVolumeInvalid")]
    [InlineData("/", "ScratchVolumeInvalid")]
    [InlineData("/a/../b", "ScratchVolumeInvalid")]
    public void A_volume_that_is_none_is_an_error(string volume, string errorId) =>
        AssertInvalid(new ScratchOptions { Volumes = [volume] }, errorId);

    [Theory]
    [InlineData("TERM")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("SIGTERM\nRUN x")]
    public void A_signal_that_is_none_is_an_error(string signal) =>
        AssertInvalid(new ScratchOptions { StopSignal = signal }, "ScratchSignalInvalid");

    [ToolFact("go")]
    public void A_health_check_by_a_program_that_is_not_there_is_an_error()
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => Write(
            [Build("linux/amd64", GoSources.Plain)], new ScratchImageOptions(), new ScratchOptions { HealthCheck = ["/bin/sh", "-c", "true"] }));

        Assert.Equal("ScratchHealthCheckMissing", e.ErrorId);
        Assert.Contains("/bin/sh", e.Message, StringComparison.Ordinal);
    }

    private static void AssertInvalid(ScratchOptions options, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<GoCrossException>(() => ScratchOptionRules.Check(options)).ErrorId);

    private static string Platform(JsonElement descriptor)
    {
        JsonElement platform = descriptor.GetProperty("platform");
        string name = $"{platform.GetProperty("os").GetString()}/{platform.GetProperty("architecture").GetString()}";
        return platform.TryGetProperty("variant", out JsonElement variant) ? $"{name}/{variant.GetString()}" : name;
    }

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();

    private static string Source(ScratchImage image) =>
        $"{(image.Format == ImageFormat.OciDirectory ? "oci" : "oci-archive")}:{image.Path}";

    private static string OldRuntime() =>
        AppContext.BaseDirectory.Replace("Module.Tests", "GoCross.OldRuntime", StringComparison.Ordinal) + "GoCross.OldRuntime";

    private string In(string name) => Path.Combine(_directory.Path, name);

    private ScratchProgram Build(string platform, string source) => ScratchProgram.Inspect(
        GoSources.Build(source, Path.Combine(In(platform.Replace('/', '-')), source == GoSources.Probe ? "probe" : "plain"), platform),
        CancellationToken.None);

    private ScratchImage Write(string[] platforms, ScratchImageOptions image, string source = GoSources.Plain) =>
        Write([.. platforms.Select(platform => Build(platform, source))], image);

    private ScratchImage Write(ScratchProgram[] programs, ScratchImageOptions image, ScratchOptions? options = null) =>
        ScratchImageWriter.Write(
            programs, In("image"), ImageReference.Parse(Name), options ?? new ScratchOptions(), image, CancellationToken.None);
}
