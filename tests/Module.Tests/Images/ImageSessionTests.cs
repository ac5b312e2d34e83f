using GoCross.Files;
using GoCross.Images;
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
        using var session = new ImageSession(ContentSpool.UsualBytes, indexBytes: 100_000);
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
        using var spool = new ContentSpool();

        long at = spool.TryTake(3)!.Value;

        Assert.True(spool.TryWrite(at, "abc"u8));
        using IRandomAccessSource source = spool.Open("x", at, 3);
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
