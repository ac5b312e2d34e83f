using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Isolated;
using GoCross.Progress;
using GoCross.Tests.Images;
using GoCross.Tests.Registries;

namespace GoCross.Tests.ContainerEngines;

/// <summary>Images that go to an engine. What docker says of them there is the expectation.</summary>
[Collection(DockerDaemon.Collection)]
public sealed class ImageLoadTests(DockerDaemon docker) : IDisposable
{
    private static readonly byte[] Layer = new TarBytes().Directory("etc").File("etc/a", TestPackage.Bytes(300_000)).End();

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [DockerFact]
    public async Task An_image_is_there_by_its_name_or_by_its_ID()
    {
        byte[] config = TestImage.Config([Layer]);
        using IContainerEngine engine = Connect(await docker.GetEndpointAsync());
        var reports = new List<TransferProgress>();
        string archive = Save(TestImage.DockerArchive([Layer], names: ["gocross-test/loaded:1"]));

        Assert.Equal(["gocross-test/loaded:1"], await ImageLoader.LoadAsync(engine, archive, reports.Add, CancellationToken.None));
        Assert.Equal(TestImage.Sha256(config), await docker.RunAsync("image", "inspect", "--format", "{{.Id}}", "gocross-test/loaded:1"));
        long length = new FileInfo(archive).Length;
        Assert.Equal((length, length), (reports[^1].BytesSent, reports[^1].TotalBytes));

        string nameless = Save(TestImage.DockerArchive([Layer], names: []));
        Assert.Equal([TestImage.Sha256(config)], await ImageLoader.LoadAsync(engine, nameless, null, CancellationToken.None));
        await docker.RunAsync("image", "rm", "gocross-test/loaded:1");
    }

    [DockerFact]
    public async Task What_the_engine_does_not_take_is_an_error_that_says_why()
    {
        using IContainerEngine engine = Connect(await docker.GetEndpointAsync());

        // A layout alone, to an engine without containerd's image store.
        byte[] layout = TestImage.Tar(TestImage.Layout(TestImage.Config([Layer]), Layer));
        GoCrossException failure = await FailsAsync("ImageLoadFailed", engine, Save(layout));
        Assert.Contains("containerd's image store", failure.Fix, StringComparison.Ordinal);
        await FailsAsync("ImageLoadFailed", engine, Save(TestPackage.Bytes(5_000_000)));
        await FailsAsync("PackageFileUnreadable", engine, Path.Combine(_folder.Path, "none.tar"));
        await FailsAsync("PackageFileUnreadable", engine, _folder.Path);
    }

    [UnixFact]
    public async Task An_engine_that_is_full_says_so_before_it_has_read_all()
    {
        string socket = Path.Combine(_folder.Path, "engine.sock");
        await using var server = new TestServer(socket, async call =>
        {
            byte[] some = new byte[1_000_000];
            await call.Stream.ReadExactlyAsync(some);
            await call.RespondAsync(200, """{"status":"Loading"}""" + "\r\n" + """{"errorDetail":{"message":"write /x/layer.tar: no space left on device"},"error":"write"}""" + "\r\n");
        });
        using IContainerEngine engine = Connect("unix://" + socket);
        long sent = 0;

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => ImageLoader.LoadAsync(
            engine, Save(TestPackage.Bytes(50_000_000)), progress => sent = progress.BytesSent, CancellationToken.None));

        Assert.Equal("EngineStorageFull", failure.ErrorId);
        Assert.Contains("/x/layer.tar", failure.Message, StringComparison.Ordinal);
        Assert.Contains("docker system df", failure.Fix, StringComparison.Ordinal);
        Assert.InRange(sent, 1, 10_000_000);
        Assert.Equal("POST /images/load?quiet=1", Assert.Single(server.Requests));
    }

    [UnixTheory]
    [InlineData("", "ImageLoadFailed")]
    [InlineData("no JSON", "EngineAnswerInvalid")]
    [InlineData("""{"stream":"Loaded image(s): a:1,b:2\n"}""", null)]
    public async Task Other_answers_are_understood_or_an_error(string answer, string? errorId)
    {
        string socket = Path.Combine(_folder.Path, "engine.sock");
        string archive = Save(new byte[10240]);
        await using var server = new TestServer(socket, async call =>
        {
            byte[] some = new byte[10240];
            await call.Stream.ReadExactlyAsync(some);
            await call.RespondAsync(200, answer);
        });
        using IContainerEngine engine = Connect("unix://" + socket);
        if (errorId is null)
        {
            Assert.Equal(["a:1", "b:2"], await ImageLoader.LoadAsync(engine, archive, null, CancellationToken.None));
        }
        else
        {
            await FailsAsync(errorId, engine, archive);
        }
    }

    [DockerFact]
    public async Task An_engine_that_goes_away_is_an_error_that_says_so()
    {
        await using var daemon = new DockerDaemon();
        using IContainerEngine engine = Connect(await daemon.GetEndpointAsync());
        bool isKilled = false;

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => ImageLoader.LoadAsync(
            engine,
            Save(TestImage.DockerArchive([TestPackage.Bytes(80_000_000)])),
            progress =>
            {
                if (!isKilled && progress.BytesSent > 10_000_000)
                {
                    isKilled = true;
                    daemon.Kill();
                }
            },
            CancellationToken.None));

        Assert.True(failure.ErrorId == "ImageLoadBroken", failure.ToString());
        Assert.Contains("docker version", failure.Fix, StringComparison.Ordinal);
    }

    [DockerFact]
    public async Task A_cancelled_load_ends_at_once_and_leaves_no_image()
    {
        using IContainerEngine engine = Connect(await docker.GetEndpointAsync());
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImageLoader.LoadAsync(
            engine,
            Save(TestImage.DockerArchive([TestPackage.Bytes(80_000_000)], names: ["gocross-test/cancelled:1"])),
            progress =>
            {
                if (progress.BytesSent > 10_000_000)
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token));

        Assert.NotEqual(0, (await docker.TryRunAsync("image", "inspect", "gocross-test/cancelled:1")).ExitCode);
    }

    private static IContainerEngine Connect(string endpoint) => new IsolatedLibraries().Connect(new EngineEndpoint { Address = endpoint });

    private static async Task<GoCrossException> FailsAsync(string errorId, IContainerEngine engine, string path)
    {
        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => ImageLoader.LoadAsync(engine, path, null, CancellationToken.None));
        Assert.True(failure.ErrorId == errorId, $"{failure.ErrorId}: {failure}");
        return failure;
    }

    private string Save(byte[] archive)
    {
        string path = Path.Combine(_folder.Path, Path.GetRandomFileName());
        File.WriteAllBytes(path, archive);
        return path;
    }
}
