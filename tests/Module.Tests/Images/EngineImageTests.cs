using System.Text.Json;
using System.Text.RegularExpressions;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Isolated;
using GoCross.Scratch;
using GoCross.Oci;

namespace GoCross.Tests.Images;

/// <summary>Images that come from a Docker engine: by once, forward, the manifest last.</summary>
[Collection(DockerDaemon.Collection)]
public sealed partial class EngineImageTests(DockerDaemon docker) : IDisposable
{
    private static readonly byte[] Layer = new TarBytes().File("a", new byte[100_000]).SymbolicLink("b", "a").End();

    private const string LayerType = "application/vnd.oci.image.layer.v1.tar";

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_archive_read_forward_is_the_archive_read_by_position()
    {
        byte[] gzip = TestImage.Gzip(Layer);
        foreach (byte[] archive in (byte[][])[
            TestImage.DockerArchive([Layer, Layer]), TestImage.Tar(TestImage.Layout(TestImage.Config([Layer]), gzip)),
            TestImage.Tar(TestImage.Layout(TestImage.Config([Layer]), gzip).Reverse())])
        {
            ContainerImage streamed = FromEngine(new MemoryStream(archive));
            ContainerImage stored = TestImage.Read(archive);

            Assert.Equal(TestImage.Tree(stored), TestImage.Tree(streamed));
            Assert.Equal(stored.Layers.Select(layer => layer.Content.Digest), streamed.Layers.Select(layer => layer.Content.Digest));
            Assert.Equal("docker-daemon:api:v1", streamed.Name);
        }
    }

    [Fact]
    public void Damage_of_what_the_image_does_not_need_does_no_harm_and_of_what_it_needs_is_named()
    {
        byte[] config = TestImage.Config([Layer]);
        byte[] broken = [.. TestImage.Gzip(Layer)[..200], .. new byte[600]];
        string other = $"blobs/sha256/{new string('0', 64)}";
        Dictionary<string, byte[]> files = TestImage.Layout(config, Layer);
        files[other] = broken;

        Assert.Equal(2, TestImage.Tree(FromEngine(new MemoryStream(TestImage.Tar(files)))).Length);
        files[$"blobs/sha256/{TestImage.Hex(Layer)}"] = [.. Layer[..600], .. Layer[100..600], .. Layer[1100..]];
        Assert.Equal("DigestMismatch", Fails(new MemoryStream(TestImage.Tar(files))).ErrorId);
    }

    [Fact]
    public void A_transfer_that_breaks_off_is_an_error()
    {
        byte[] archive = TestImage.DockerArchive([Layer]);

        Assert.Equal("ImageTruncated", Fails(new MemoryStream(archive[..50_000])).ErrorId);
        GoCrossException broken = Fails(new BreakingStream(archive, 50_000));
        Assert.Equal("ImageStreamBroken", broken.ErrorId);
        Assert.Contains("50000", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_read_that_waits()
    {
        // The engine sends 50,000 bytes and then nothing, for ever.
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var stream = new BreakingStream(TestImage.DockerArchive([Layer]), 50_000, waits: true);
        var reader = new ImageReader { ConnectEngine = () => new SavingEngine(_ => stream, "api:v1") };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(ImageLocation.Parse("api:v1", name => "/none/" + name), stop.Token));
    }

    // docker's NAME is NAME:latest, and what it saves of NAME are all its tags. The beginning of an ID is none.
    [DockerFact]
    [Trait("Engine", "Any")]
    public async Task A_name_without_a_tag_means_latest_and_nothing_else()
    {
        string[] ids = [await ImportAsync("old", "gocross-test/tags:old"), await ImportAsync("new", "gocross-test/tags:latest")];
        string endpoint = await docker.GetEndpointAsync();
        ImageReader reader = new() { ConnectEngine = () => new IsolatedLibraries().Connect(new EngineEndpoint { Address = endpoint }) };

        Assert.Equal("new", await FileOfAsync("gocross-test/tags"));
        Assert.Equal("new", await FileOfAsync("docker-daemon:gocross-test/tags"));
        Assert.Equal("old", await FileOfAsync("docker-daemon:gocross-test/tags:old"));
        Assert.Equal("old", await FileOfAsync("docker-daemon:" + ids[0]["sha256:".Length..][..20]));
        Assert.Equal("new", await FileOfAsync("docker-daemon:" + ids[1]));

        async Task<string> FileOfAsync(string name)
        {
            ContainerImage image = await reader.ReadAsync(ImageLocation.Parse(name, path => "/none/" + path), CancellationToken.None);
            return Assert.Single(TestImage.Tree(image)).Split(' ', '/').First(part => part is "old" or "new");
        }

        async Task<string> ImportAsync(string file, string name)
        {
            string path = Path.Combine(_folder.Path, file + ".tar");
            File.WriteAllBytes(path, new TarBytes().File(file, "x").End());
            await docker.RunAsync("import", path, name);
            string id = await docker.RunAsync("image", "inspect", "--format", "{{.Id}}", name);
            return id.StartsWith("sha256:", StringComparison.Ordinal) ? id : "sha256:" + id;
        }
    }

    // What such a store saves is an index with all of them, and for older readers Docker's manifest of the engine's own.
    [Theory]
    [InlineData("linux/amd64")]
    [InlineData("linux/arm64")]
    public async Task Of_a_base_that_the_engine_has_for_two_platforms_the_wanted_one_is_taken(string platform)
    {
        byte[] other = new TarBytes().File("other", "x").End();
        byte[] config = TestImage.Config([Layer]);
        byte[] otherConfig = TestImage.Config([other], architecture: "arm64");
        byte[] one = TestImage.Manifest(config, [(Layer, LayerType)]);
        byte[] two = TestImage.Manifest(otherConfig, [(other, LayerType)]);
        byte[] index = TestImage.Index(TestImage.DescriptorFor(one, "amd64"), TestImage.DescriptorFor(two, "arm64"));
        Dictionary<string, byte[]> files = TestImage.LayoutOf(
            TestImage.Index(TestImage.Descriptor(index, "application/vnd.oci.image.index.v1+json")), index, one, two, config, otherConfig, Layer, other);
        files["manifest.json"] = System.Text.Encoding.UTF8.GetBytes(
            $$"""[{"Config":"blobs/sha256/{{TestImage.Hex(config)}}","RepoTags":["api:v1"],"Layers":["blobs/sha256/{{TestImage.Hex(Layer)}}"]}]""");
        var reader = new ImageReader
        {
            Platform = ImagePlatform.Parse(platform), ConnectEngine = () => new SavingEngine(_ => new MemoryStream(TestImage.Tar(files)), "api:v1"),
        };

        using BaseImage taken = await BaseImage.OpenAsync(
            ImageLocation.Parse("docker-daemon:api:v1", path => path), reader, CancellationToken.None);

        Assert.Equal(TestImage.Sha256(platform == "linux/arm64" ? other : Layer), Assert.Single(taken.Layers).DiffId);
    }

    // containerd's store has the index of all platforms, and of their images those alone that were asked for.
    [DockerFact("docker-registry", "skopeo")]
    [Trait("Engine", "Docker")]
    public async Task An_image_that_is_there_for_another_platform_alone_is_read()
    {
        byte[] other = new TarBytes().File("other", "x").End();
        byte[] config = TestImage.Config([Layer]);
        byte[] otherConfig = TestImage.Config([other], architecture: "s390x");
        byte[] one = TestImage.Manifest(config, [(Layer, LayerType)]);
        byte[] two = TestImage.Manifest(otherConfig, [(other, LayerType)]);
        string layout = Path.Combine(_folder.Path, "layout");
        foreach (byte[] blob in (byte[][])[Layer, other, config, otherConfig, one, two])
        {
            Write($"blobs/sha256/{TestImage.Hex(blob)}", blob);
        }

        Write("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
        byte[] index = TestImage.Index(TestImage.DescriptorFor(one, "amd64"), TestImage.DescriptorFor(two, "s390x"));
        Write($"blobs/sha256/{TestImage.Hex(index)}", index);
        Write("index.json", TestImage.Index(TestImage.Descriptor(index, "application/vnd.oci.image.index.v1+json")));
        using var registry = new Registries.RegistryProcess();
        string name = $"{registry.Authority}/team/two:1";
        Programs.Output("skopeo", ["copy", "--quiet", "--all", "--dest-tls-verify=false", "oci:" + layout, "docker://" + name]);
        await docker.RunAsync("pull", "--quiet", "--platform", "linux/s390x", name);
        string endpoint = await docker.GetEndpointAsync();
        ImageReader reader = new() { ConnectEngine = () => new IsolatedLibraries().Connect(new EngineEndpoint { Address = endpoint }) };

        ContainerImage image = await reader.ReadAsync(ImageLocation.Parse("docker-daemon:" + name, path => path), CancellationToken.None);

        Assert.Equal("linux/s390x", image.Platform.ToString());
        Assert.Contains("other", Assert.Single(TestImage.Tree(image)), StringComparison.Ordinal);

        void Write(string path, byte[] content)
        {
            string file = Path.Combine(layout, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
    }

    [DockerFact("tar")]
    public async Task An_image_that_Docker_builds_and_saves_is_what_Docker_says_and_exports()
    {
        // The base has what the layers above remove, replace, chmod, link and empty.
        byte[] root = new TarBytes().Directory("etc").File("etc/gone", "1").File("etc/kept", "22").Directory("dir").Directory("dir/sub").File("dir/sub/x", "333")
            .File("file", "4444").Directory("bin").File("bin/tool", new byte[5000], mode: 0x1ED).SymbolicLink("link", "file").HardLink("hard", "file").End();
        string rootPath = Path.Combine(_folder.Path, "root.tar");
        File.WriteAllBytes(rootPath, root);
        await docker.RunAsync("import", rootPath, "compare-base:1");
        string context = Path.Combine(_folder.Path, "context");
        Directory.CreateDirectory(Path.Combine(context, "dir"));
        File.WriteAllText(Path.Combine(context, "dir", "y"), "55555");
        File.WriteAllText(Path.Combine(context, "file"), "666666");
        File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM compare-base:1\nCOPY dir /dir\nCOPY file /etc/file\nENV A=b\nUSER 7\nLABEL l=m\n");
        await docker.BuildAsync(buildKit: false, context, "--tag", "compare-image:1");
        string saved = Path.Combine(_folder.Path, "saved.tar");
        await docker.RunAsync("save", "--output", saved, "compare-image:1");
        string container = await docker.RunAsync("create", "compare-image:1", "/bin/tool");
        string exported = Path.Combine(_folder.Path, "exported.tar");
        await docker.RunAsync("export", "--output", exported, container);
        await docker.RunAsync("rm", container);

        ContainerImage image = TestImage.Read(TestImage.At(saved));
        ContainerImage streamed = FromEngine(File.OpenRead(saved));

        Assert.Equal(TestImage.Tree(image), TestImage.Tree(streamed));
        using JsonDocument inspected = JsonDocument.Parse(await docker.RunAsync("inspect", "compare-image:1"));
        JsonElement truth = inspected.RootElement[0];
        Assert.Equal(truth.GetProperty("Id").GetString(), image.ConfigDigest);
        Assert.Equal(truth.GetProperty("Size").GetInt64(), image.Size);
        Assert.Equal(truth.GetProperty("RootFS").GetProperty("Layers").EnumerateArray().Select(layer => layer.GetString()), image.Layers.Select(layer => layer.Content.DiffId));
        Assert.Equal(("7", "b", "m"), (image.Configuration.User, image.Configuration.Environment["A"], image.Configuration.Labels["l"]));
        Assert.Equal(
            (await docker.RunAsync("history", "--no-trunc", "--format", "{{.CreatedBy}}", "compare-image:1")).Split('\n').Reverse().Where(line => line.Contains("COPY", StringComparison.Ordinal)),
            image.Layers.Skip(1).Select(layer => layer.CreatedBy));

        // docker export adds what every container has: /dev, /proc, /sys, /etc/hosts, hostname, resolv.conf, mtab, .dockerenv.
        string[] added = ["/.dockerenv", "/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab"];
        string[] exportedPaths = [.. Programs.Output("tar", ["-tf", exported]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(path => "/" + path.TrimEnd('/'))
            .Where(path => !added.Any(own => path == own || path.StartsWith(own + "/", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(exportedPaths, TestImage.Tree(image).Select(line => Word().Match(line).Value).Where(path => path != "/"));
    }

    [DockerFact]
    public async Task Images_that_are_expected_come_in_one_transfer_and_share_what_they_share()
    {
        // Two images of one base, one of them under two names, each by name and by ID.
        string root = Path.Combine(_folder.Path, "root.tar");
        File.WriteAllBytes(root, new TarBytes().File("base", new byte[500_000]).End());
        await docker.RunAsync("import", root, "shared-base:1");
        foreach (string name in new[] { "shared-a:1", "shared-b:1" })
        {
            string context = Path.Combine(_folder.Path, name[..8]);
            Directory.CreateDirectory(context);
            File.WriteAllText(Path.Combine(context, "file"), name);
            File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM shared-base:1\nCOPY file /file\n");
            await docker.BuildAsync(buildKit: false, context, "--tag", name);
        }

        await docker.RunAsync("tag", "shared-b:1", "shared-c:1");
        string id = await docker.RunAsync("inspect", "--format", "{{.Id}}", "shared-b:1");
        foreach (string other in new[] { "shared-b:1", "docker.io/library/shared-c:1", id, id["sha256:".Length..][..12], "shared-a:1" })
        {
            long read = 0;
            var endpoint = new EngineEndpoint { Address = await docker.GetEndpointAsync() };
            var reader = new ImageReader
            {
                ConnectEngine = () => new IsolatedLibraries().Connect(endpoint),
                Progress = progress => read = Math.Max(read, progress.BytesRead),
            };
            ImageLocation difference = ImageLocation.Parse("docker-daemon:" + other, path => path);
            reader.Expect(difference);
            ContainerImage first = await reader.ReadAsync(ImageLocation.Parse("docker-daemon:shared-a:1", path => path), CancellationToken.None);
            ImageComparison comparison = await TestImage.CompareAsync(first, difference, reader);

            Assert.Equal("==", comparison.Layers[0].SideIndicator);
            Assert.Equal(await docker.RunAsync("inspect", "--format", "{{.Id}}", other), comparison.DifferenceId);
            Assert.Equal(other == "shared-a:1" ? 0 : 1, comparison.GetFileChanges().Count());
            Assert.True(read < 600_000, $"{read} bytes were read: the shared layer came more than once.");
        }

        // What is not there is an error of its own, and the first is read all the same.
        ImageLocation gone = ImageLocation.Parse("docker-daemon:shared-z:1", path => path);
        var second = new EngineEndpoint { Address = await docker.GetEndpointAsync() };
        var last = new ImageReader { ConnectEngine = () => new IsolatedLibraries().Connect(second) };
        last.Expect(gone);
        Assert.Equal(2, (await last.ReadAsync(ImageLocation.Parse("docker-daemon:shared-a:1", path => path), CancellationToken.None)).Layers.Count);
        Assert.Equal("ImageNotInEngine", (await Assert.ThrowsAsync<GoCrossException>(() => last.ReadAsync(gone, CancellationToken.None))).ErrorId);
    }

    [DockerFact]
    public async Task Compare_ImageLayer_reads_images_from_an_engine_through_the_module_s_bridge()
    {
        foreach ((string name, int size) in new[] { ("bridge-a:1", 1000), ("bridge-b:1", 2500) })
        {
            string root = Path.Combine(_folder.Path, "root.tar");
            File.WriteAllBytes(root, new TarBytes().File("file", new byte[size]).End());
            await docker.RunAsync("import", root, name);
        }

        PowerShellResult result = PowerShellProcess.Run(
            """
            $comparison = Compare-ImageLayer docker-daemon:bridge-a:1 bridge-b:1
            $comparison.ReferenceSize, $comparison.DifferenceSize
            Compare-ImageLayer bridge-a:1 docker-daemon:bridge-c:1 -ErrorAction SilentlyContinue -ErrorVariable failure
            $failure[0].FullyQualifiedErrorId
            """,
            environment: new Dictionary<string, string?> { ["DOCKER_HOST"] = await docker.GetEndpointAsync() });

        string[] sizes = [.. await Task.WhenAll(new[] { "bridge-a:1", "bridge-b:1" }
            .Select(name => docker.RunAsync("inspect", "--format", "{{.Size}}", name)))];
        Assert.Equal(
            $"{sizes[0]}\n{sizes[1]}\nImageNotInEngine,GoCross.Cmdlets.Commands.CompareImageLayerCommand\n", result.Output);
        Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
    }

    [GeneratedRegex(@"^\S+")]
    private static partial Regex Word();

    private static ContainerImage FromEngine(Stream saved) => new ImageReader
    {
        ConnectEngine = () => new SavingEngine(
            references =>
            {
                Assert.Equal(["api:v1"], references);
                return saved;
            },
            "api:v1"),
    }
        .ReadAsync(ImageLocation.Parse("docker-daemon:api:v1", name => name), CancellationToken.None).GetAwaiter().GetResult();

    private static GoCrossException Fails(Stream saved) => Assert.Throws<GoCrossException>(() => FromEngine(saved));

    // Gives some bytes in small reads and then fails, or waits for ever.
    private sealed class BreakingStream(byte[] content, int most, bool waits = false) : Stream
    {
        private int _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(Math.Min(buffer.Length, 1000), most - _given);
            if (count == 0)
            {
                await (waits ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.FromException(new IOException("reset")));
            }

            content.AsMemory(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
