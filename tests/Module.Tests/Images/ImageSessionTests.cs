using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Roots;
using GoCross.Tests.Registries;

namespace GoCross.Tests.Images;

/// <summary>One image, asked about several times in a session: it is fetched once, whoever asks, and never taken for another.</summary>
public sealed class ImageSessionTests : IDisposable
{
    private static readonly byte[] Program = [0x7F, (byte)'E', (byte)'L', (byte)'F', .. Bytes(300_000, seed: 1)];
    private static readonly byte[] Library = Bytes(70_000, seed: 2);
    private static readonly byte[] Layer = new TarBytes()
        .File("etc/os-release", "ID=debian\n").File("var/lib/dpkg/status.d/base", "Package: base\n").File("lib/libx.so.1", Library)
        .File("bin/app", Program, mode: 0x1ED).File("other", Bytes(100_000, seed: 3)).End();

    private readonly TemporaryDirectory _folder = new();
    private readonly ImageSession _session = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_engine_sends_an_image_once()
    {
        byte[] archive = TestImage.DockerArchive([Layer]);
        var engine = new SavingEngine(_ => new MemoryStream(archive), "api:v1") { Id = TestImage.Sha256(TestImage.Config([Layer])) };
        ImageReader Reader() => new() { ConnectEngine = () => engine, Session = _session };
        ImageLocation location = ImageLocation.Parse("docker-daemon:api:v1", path => path);

        ContainerImage image = await Reader().ReadAsync(location, CancellationToken.None);
        await RequireFilesAsync(Reader(), location);
        await RequireFilesAsync(Reader(), location);

        Assert.Equal(5, image.GetFiles(CancellationToken.None).Count(file => file.Type == ImageFileType.File));
        Assert.Equal(1, engine.Transfers);

        // Another image of the same name, and the same one after the module went.
        engine.Id = TestImage.Sha256([1]);
        await Reader().ReadAsync(location, CancellationToken.None);
        Assert.Equal(2, engine.Transfers);
        _session.Clear();
        await Reader().ReadAsync(location, CancellationToken.None);
        Assert.Equal(3, engine.Transfers);
    }

    // Two names of one image are two answers, each with its own name.
    [Fact]
    public async Task An_image_that_has_two_names_is_called_by_the_one_that_was_asked_for()
    {
        SavingEngine engine = Engine(names => TestImage.DockerArchive([Layer], names: [.. names]), TestImage.Sha256(TestImage.Config([Layer])));
        foreach (string name in (string[])["api:v1", "web:v2", "api:v1"])
        {
            ContainerImage image = await Reader(engine).ReadAsync(InEngine(name), CancellationToken.None);
            Assert.Equal((name, $"docker-daemon:{name}"), (Assert.Single(image.Tags), image.Name));
        }

        Assert.Equal(2, engine.Transfers);
    }

    // docker save of several sends of each what the engine has; where that is not what is asked for, each comes alone.
    [Fact]
    public async Task What_came_with_another_is_for_the_platform_that_is_asked_for_or_comes_alone()
    {
        byte[] other = new TarBytes().File("other", "x").End();
        byte[] config = TestImage.Config([other], architecture: "arm64");
        SavingEngine engine = Engine(
            names => names.Count > 1 ? TestImage.DockerArchive([Layer]) : TestImage.DockerArchive([other], config: config),
            TestImage.Sha256(config));
        var reader = new ImageReader { ConnectEngine = () => engine, Session = _session, Platform = ImagePlatform.Parse("linux/arm64") };
        reader.Expect(InEngine("web:v2"));

        foreach (string name in (string[])["api:v1", "web:v2"])
        {
            ContainerImage image = await reader.ReadAsync(InEngine(name), CancellationToken.None);
            Assert.Equal("arm64", image.Platform.Architecture);
        }
    }

    [Fact]
    public async Task Images_that_are_compared_come_together_and_what_is_known_does_not_come_again()
    {
        byte[] second = new TarBytes().File("second", "2").End();
        byte[] third = new TarBytes().File("third", "3").End();
        var images = new Dictionary<string, byte[][]> { ["a:1"] = [Layer, second], ["b:1"] = [Layer, third], ["c:1"] = [third] };
        List<string> asked = [];
        var engine = new SavingEngine(
            names =>
            {
                asked.Add(string.Join(' ', names));
                return new MemoryStream(TestImage.DockerArchiveOf(names.ToDictionary(name => name, name => images[name])));
            },
            [.. images.Keys])
        {
            IdOf = name => TestImage.Sha256(TestImage.Config(images[name])),
        };

        await CompareAsync("a:1", "b:1");
        await CompareAsync("a:1", "b:1");
        await CompareAsync("a:1", "c:1");
        await CompareAsync("c:1", "b:1");
        ContainerImage image = await Reader(engine).ReadAsync(InEngine("b:1"), CancellationToken.None);

        Assert.Equal(["a:1 b:1", "c:1"], asked);
        Assert.Equal(TestImage.Sha256(third), image.Layers[^1].DiffId);
        Assert.Equal("b:1", Assert.Single(image.Tags));

        async Task CompareAsync(string reference, string difference)
        {
            ImageReader reader = Reader(engine);
            reader.Expect(InEngine(difference));
            ContainerImage first = await reader.ReadAsync(InEngine(reference), CancellationToken.None);
            ImageComparison comparison = await TestImage.CompareAsync(first, InEngine(difference), reader);
            Assert.Equal(TestImage.Sha256(TestImage.Config(images[difference])), comparison.DifferenceId);
        }
    }

    [Fact]
    public async Task An_archive_that_is_compressed_as_a_whole_is_unpacked_once_and_anew_where_it_was_replaced()
    {
        string path = Path.Combine(_folder.Path, "image.tar.gz");
        byte[] gzip = TestImage.Gzip(TestImage.DockerArchive([Layer]));
        File.WriteAllBytes(path, gzip);
        long read = 0;
        ImageReader Counting() => new() { Session = _session, Progress = progress => read = Math.Max(read, progress.BytesRead) };

        await Counting().ReadAsync(TestImage.At(path), CancellationToken.None);
        Assert.Equal(gzip.Length, read);
        read = 0;
        await RequireFilesAsync(Counting(), TestImage.At(path));
        Assert.Equal(0, read);

        byte[] other = new TarBytes().File("bin/app", [.. Program, 0], mode: 0x1ED).End();
        File.WriteAllBytes(path, TestImage.Gzip(TestImage.DockerArchive([other])));
        using OpenImage replaced = await Counting().OpenAsync(TestImage.At(path), CancellationToken.None, CancellationToken.None);
        Assert.Equal(Program.Length + 1, ReadFile(replaced, "/bin/app").Length);
    }

    // Remove-Module while a cmdlet reads an image in another runspace.
    [Fact]
    public async Task What_is_open_is_read_on_when_the_session_forgets_everything()
    {
        SavingEngine engine = Engine(_ => TestImage.DockerArchive([Layer]), TestImage.Sha256(TestImage.Config([Layer])));
        using (OpenImage image = await Reader(engine).OpenAsync(InEngine("api:v1"), CancellationToken.None, CancellationToken.None))
        {
            using IRandomAccessSource source = new ImageRoot(image).Open("/bin/app");
            _session.Clear();

            byte[] content = new byte[source.Length];
            Assert.Equal(content.Length, source.Read(0, content));
            Assert.Equal(Program, content);
            Assert.Equal(Library, ReadFile(image, "/lib/libx.so.1"));
            Assert.Equal(1, engine.Transfers);
        }

        // The room is given back with the last who reads, and what is asked for later is fetched anew.
        await RequireFilesAsync(Reader(engine), InEngine("api:v1"));
        Assert.Equal(2, engine.Transfers);
    }

    // The room is enough for the files of two: 384 KiB of each.
    [Fact]
    public async Task Where_files_find_no_room_those_of_the_image_that_was_asked_for_longest_ago_go()
    {
        using var session = new ImageSession(spoolBytes: 1_000_000);
        SavingEngine[] engines = [.. Enumerable.Range(0, 3).Select(number =>
        {
            byte[] layer = new TarBytes()
                .File("lib/libx.so.1", Library).File("bin/app", Program, mode: 0x1ED).File("var/lib/dpkg/status.d/base", "Package: base\n")
                .File("number", $"{number}").End();
            return Engine(_ => TestImage.DockerArchive([layer]), TestImage.Sha256(TestImage.Config([layer])));
        })];
        foreach (int number in (int[])[0, 1, 2, 1, 2, 1, 0])
        {
            await RequireFilesAsync(
                new ImageReader { ConnectEngine = () => engines[number], Session = session }, InEngine("api:v1"));
        }

        Assert.Equal([2, 1, 1], engines.Select(engine => engine.Transfers));
    }

    // What is kept must not hold the cmdlet that read it, nor what that cmdlet holds.
    [Fact]
    public async Task What_is_kept_of_a_transfer_has_nothing_of_who_began_it()
    {
        SavingEngine engine = Engine(_ => TestImage.DockerArchive([Layer]), TestImage.Sha256(TestImage.Config([Layer])));
        string path = Path.Combine(_folder.Path, "image.tar.gz");
        File.WriteAllBytes(path, TestImage.Gzip(TestImage.DockerArchive([Layer])));

        WeakReference[] readers = [await ReadAsync(InEngine("api:v1")), await ReadAsync(TestImage.At(path))];
        for (int round = 0; round < 10 && readers.Any(reader => reader.IsAlive); round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(readers, reader => reader.IsAlive);
        Assert.NotEmpty(_session.LayersOf(TestImage.Sha256(TestImage.Config([Layer]))));

        async Task<WeakReference> ReadAsync(ImageLocation location)
        {
            object cmdlet = new();
            await new ImageReader { ConnectEngine = () => engine, Session = _session, Progress = _ => GC.KeepAlive(cmdlet) }
                .ReadAsync(location, CancellationToken.None);
            return new WeakReference(cmdlet);
        }
    }

    [Fact]
    public async Task A_registry_is_asked_for_each_blob_and_each_document_once()
    {
        using var registry = new FakeRegistry();
        registry.Image([Layer, new TarBytes().File("second", "2").End()]);
        ImageReader Reader() => new() { Registries = FakeRegistry.Options(_folder.Path), Session = _session };
        ImageLocation location = ImageLocation.Parse(registry.Reference, path => path);

        await Reader().ReadAsync(location, CancellationToken.None);
        await RequireFilesAsync(Reader(), location);
        await RequireFilesAsync(Reader(), location);

        string[] blobs = registry.Requests("blobs");
        Assert.Equal(3, blobs.Length); // The configuration and two layers.
        Assert.Equal(blobs.Distinct(), blobs);
        Assert.Equal(Enumerable.Repeat("GET manifests/v1", 3), registry.Requests("manifests")); // Where the tag leads to now.
    }

    [Fact]
    public async Task A_compressed_layer_of_a_file_is_unpacked_once_and_a_file_that_was_replaced_is_read_anew()
    {
        string path = Path.Combine(_folder.Path, "image.tar");
        byte[] gzip = TestImage.Gzip(Layer);
        File.WriteAllBytes(path, TestImage.Tar(TestImage.Layout(TestImage.Config([Layer]), gzip)));
        ImageLocation location = ImageLocation.Parse(path, given => given);
        long read = 0;
        ImageReader Reader() => new() { Session = _session, Progress = progress => read = Math.Max(read, progress.BytesRead) };

        await Reader().ReadAsync(location, CancellationToken.None);
        Assert.Equal(gzip.Length, read);
        read = 0;
        await RequireFilesAsync(Reader(), location);
        Assert.Equal(0, read);

        byte[] other = new TarBytes().File("bin/app", [.. Program, 0], mode: 0x1ED).End();
        File.WriteAllBytes(path, TestImage.Tar(TestImage.Layout(TestImage.Config([other]), TestImage.Gzip(other))));
        using OpenImage replaced = await Reader().OpenAsync(location, CancellationToken.None, CancellationToken.None);
        Assert.Equal(Program.Length + 1, ReadFile(replaced, "/bin/app").Length);
    }

    [Fact]
    public async Task What_finds_no_room_is_read_again()
    {
        using var session = new ImageSession(spoolBytes: 100_000);
        string path = Path.Combine(_folder.Path, "image.tar");
        File.WriteAllBytes(path, TestImage.Tar(TestImage.Layout(TestImage.Config([Layer]), TestImage.Gzip(Layer))));
        ImageLocation location = ImageLocation.Parse(path, given => given);

        await RequireFilesAsync(new ImageReader { Session = session }, location);
        await RequireFilesAsync(new ImageReader { Session = session }, location);
    }

    [Fact]
    public async Task The_image_that_was_asked_for_longest_ago_goes_first()
    {
        var engines = Enumerable.Range(0, 20).Select(number =>
        {
            byte[] layer = new TarBytes().File("number", $"{number}").End();
            return new SavingEngine(_ => new MemoryStream(TestImage.DockerArchive([layer])), "api:v1")
            {
                Id = TestImage.Sha256(TestImage.Config([layer])),
            };
        }).ToArray();
        ImageLocation location = ImageLocation.Parse("docker-daemon:api:v1", path => path);
        foreach (SavingEngine engine in engines.Append(engines[^1]).Append(engines[0]))
        {
            await new ImageReader { ConnectEngine = () => engine, Session = _session }.ReadAsync(location, CancellationToken.None);
        }

        Assert.Equal((2, 1), (engines[0].Transfers, engines[^1].Transfers));
    }

    [Fact]
    public async Task An_image_of_more_files_than_the_session_has_memory_for_is_read_each_time()
    {
        var layer = new TarBytes();
        for (int number = 0; number < 2000; number++)
        {
            layer.File($"files/{number}", "");
        }

        byte[] bytes = layer.End();
        var engine = new SavingEngine(_ => new MemoryStream(TestImage.DockerArchive([bytes])), "api:v1") { Id = TestImage.Sha256(TestImage.Config([bytes])) };
        using var session = new ImageSession(spoolBytes: 1 << 20, indexBytes: 100_000);
        for (int read = 0; read < 2; read++)
        {
            await new ImageReader { ConnectEngine = () => engine, Session = session }
                .ReadAsync(ImageLocation.Parse("docker-daemon:api:v1", path => path), CancellationToken.None);
        }

        Assert.Equal(2, engine.Transfers);
    }

    [Fact]
    public void What_is_kept_has_no_name()
    {
        using ContentSpool spool = _session.NewSpool();

        long at = spool.TryTake(3)!.Value;

        Assert.True(spool.TryWrite(at, "abc"u8));
        using IRandomAccessSource source = spool.TryOpen("x", at, 3)!;
        byte[] content = new byte[3];
        Assert.Equal(3, source.Read(0, content));
        Assert.Equal("abc"u8, content);
        if (OperatingSystem.IsLinux())
        {
            // A file that is open and has no name (proc(5)).
            Assert.Contains(
                Directory.GetFiles("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget),
                target => target is not null && target.Contains("/gocross-", StringComparison.Ordinal) && target.EndsWith(" (deleted)", StringComparison.Ordinal));
        }
    }

    private static SavingEngine Engine(Func<IReadOnlyList<string>, byte[]> save, string id) =>
        new(names => new MemoryStream(save(names)), "api:v1", "web:v2") { Id = id };

    private static ImageLocation InEngine(string name) => ImageLocation.Parse("docker-daemon:" + name, path => path);

    private ImageReader Reader(SavingEngine engine) => new() { ConnectEngine = () => engine, Session = _session };

    private static async Task RequireFilesAsync(ImageReader reader, ImageLocation location)
    {
        using OpenImage image = await reader.OpenAsync(location, CancellationToken.None, CancellationToken.None);
        Assert.Equal(Program, ReadFile(image, "/bin/app"));
        Assert.Equal(Library, ReadFile(image, "/lib/libx.so.1"));
        Assert.Equal("Package: base\n"u8, ReadFile(image, "/var/lib/dpkg/status.d/base"));
    }

    private static byte[] ReadFile(OpenImage image, string path)
    {
        using IRandomAccessSource source = new ImageRoot(image).Open(path);
        byte[] content = new byte[source.Length];
        Assert.Equal(content.Length, source.Read(0, content));
        return content;
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
