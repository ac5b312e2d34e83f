using System.Formats.Tar;
using System.Globalization;
using System.Text;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Isolated;
using GoCross.Processes;
using GoCross.Tests.Images;
using GoCross.Tests.Registries;

namespace GoCross.Tests.ContainerEngines;

/// <summary>Containers of a real engine; what docker says of them is the expectation.</summary>
[Collection(DockerDaemon.Collection)]
[Trait("Engine", "Docker")]
public sealed class ContainerRunnerTests(DockerDaemon docker) : IAsyncLifetime, IDisposable
{
    private const string Image = "gocross-test/tools:1";

    private static readonly SemaphoreSlim Gate = new(1, 1);

    private readonly TemporaryDirectory _folder = new();
    private IContainerEngine _engine = null!;

    public async Task InitializeAsync()
    {
        if (DockerFactAttribute.Reason(["dpkg-query", "tar"]) is not null)
        {
            return;
        }

        _engine = new IsolatedLibraries().Connect(new EngineEndpoint { Address = await docker.GetEndpointAsync() });
        await Gate.WaitAsync();
        try
        {
            if ((await docker.TryRunAsync("image", "inspect", Image)).ExitCode != 0)
            {
                string root = Path.Combine(_folder.Path, "root.tar");
                InstalledPackages.WriteRoot(root, "coreutils", "dash");
                await docker.RunAsync("import", "--change", "ENV GREETING=from-the-image", root, Image);
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _engine?.Dispose();
        _folder.Dispose();
    }

    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task A_program_runs_in_a_container_with_streams_exit_code_variables_and_folder()
    {
        await using Started container = await StartAsync();
        List<string> lines = [];

        ProcessResult result = await container.RunAsync(
            "/bin/sh",
            ["-c", "echo out: $GREETING, $OWN, $(pwd); echo err: \"$1\" >&2; printf 'no end'; exit 7", "sh", "an 'odd' $argument ü"],
            new Dictionary<string, string?> { ["OWN"] = "of the call" },
            line => { lock (lines) { lines.Add(line); } });

        Assert.Equal(7, result.ExitCode);
        Assert.Equal("out: from-the-image, of the call, /usr\nno end\n", result.StandardOutput);
        Assert.Equal("err: an 'odd' $argument ü\n", result.StandardError);
        Assert.Equal(["out: from-the-image, of the call, /usr", "no end"], lines);
        Assert.Equal("tests", await docker.RunAsync("inspect", "--format", "{{.Config.Labels.gocross}}", container.Id));
    }

    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task Much_output_arrives_whole_and_in_order()
    {
        await using Started container = await StartAsync();

        ProcessResult result = await container.RunAsync("/usr/bin/seq", ["200000"]);

        Assert.Equal(string.Concat(Enumerable.Range(1, 200_000).Select(i => i.ToString(CultureInfo.InvariantCulture) + "\n")), result.StandardOutput);
    }

    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task Files_go_in_and_come_out_with_modes_owners_and_links()
    {
        await using Started container = await StartAsync();
        byte[] content = new byte[3_000_000];
        new Random(1).NextBytes(content);

        await _engine.PutArchiveAsync(container.Id, "/", async (stream, cancellation) =>
        {
            await using var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, "deep/er/file ü")
                {
                    DataStream = new MemoryStream(content),
                    Mode = (UnixFileMode)0b110_100_000,
                    Uid = 12,
                    Gid = 34,
                },
                cancellation);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "deep/link") { LinkName = "er/file ü" }, cancellation);
        }, CancellationToken.None);

        Assert.Equal("640 12:34 3000000\n", (await container.RunAsync("/usr/bin/stat", ["-c", "%a %u:%g %s", "/deep/er/file ü"])).StandardOutput);
        Assert.Equal("er/file ü\n", (await container.RunAsync("/usr/bin/readlink", ["/deep/link"])).StandardOutput);
        await using Stream archive = await _engine.GetArchiveAsync(container.Id, "/deep/er/file ü", CancellationToken.None);
        await using var reader = new TarReader(archive);
        TarEntry entry = (await reader.GetNextEntryAsync())!;
        var back = new MemoryStream();
        await entry.DataStream!.CopyToAsync(back);
        Assert.True(content.AsSpan().SequenceEqual(back.ToArray()));
    }

    [DockerFact("dpkg-query", "tar")]
    public async Task What_is_not_there_is_an_error_that_says_what()
    {
        await using Started container = await StartAsync();

        Assert.Contains("/no/such", (await FailsAsync("ContainerPathMissing", () => _engine.GetArchiveAsync(container.Id, "/no/such", CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("no-such-program", (await FailsAsync("ContainerProgramNotStarted", () => container.RunAsync("no-such-program", []))).Message, StringComparison.Ordinal);
        await FailsAsync("ImageNotInEngine", () => _engine.InspectImageAsync("gocross-test/none:1", CancellationToken.None));
        await FailsAsync("ContainerNotStarted", () => StartAsync("/no/such/shell"));
        await docker.RunAsync("rm", "--force", container.Id);
        await FailsAsync("ContainerGone", () => container.RunAsync("/bin/true", []));
        await FailsAsync("ContainerGone", () => _engine.GetArchiveAsync(container.Id, "/bin", CancellationToken.None));
        await FailsAsync("ContainerGone", () => _engine.PutArchiveAsync(container.Id, "/", (_, _) => Task.CompletedTask, CancellationToken.None));
        await _engine.RemoveContainerAsync(container.Id, CancellationToken.None);
    }

    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task A_container_goes_away_with_its_volumes_even_where_nobody_removes_it()
    {
        Started removed = await StartAsync();
        Started forgotten = await StartAsync();

        await removed.DisposeAsync();
        forgotten.Input.Dispose();

        // It ends by itself, and the engine removes it.
        await docker.TryRunAsync("wait", forgotten.Id);
        ProcessResult left;
        do
        {
            left = await docker.TryRunAsync("ps", "--all", "--quiet", "--no-trunc", "--filter", "label=gocross=tests");
        }
        while (left.StandardOutput.Contains(forgotten.Id, StringComparison.Ordinal));
        Assert.DoesNotContain(removed.Id, left.StandardOutput, StringComparison.Ordinal);
        await FailsAsync("ContainerGone", () => forgotten.RunAsync("/bin/true", []));
    }

    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task Cancelling_leaves_a_running_program_at_once_and_a_transfer_in_its_midst()
    {
        await using Started container = await StartAsync();
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.ExecuteAsync(
            container.Id,
            new ProcessRequest
            {
                FileName = "/bin/sh",
                Arguments = ["-c", "echo running; sleep 1000"],
                WorkingDirectory = "/",
                OnOutputLine = _ => stop.Cancel(),
            },
            stop.Token));

        using var stopTransfer = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.PutArchiveAsync(
            container.Id,
            "/",
            async (stream, cancellation) =>
            {
                await stream.WriteAsync(new byte[512], cancellation);
                await stopTransfer.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
            },
            stopTransfer.Token));
    }

    [DockerFact("dpkg-query", "tar", "docker-registry")]
    public async Task An_image_is_pulled_from_its_registry()
    {
        using var registry = new RegistryProcess();
        string name = $"{registry.Authority}/team/tools:2";
        await docker.RunAsync("tag", Image, name);
        await docker.RunAsync("push", name);
        await docker.RunAsync("rmi", name);
        await FailsAsync("ImageNotInEngine", () => _engine.InspectImageAsync(name, CancellationToken.None));
        List<string> said = [];

        await _engine.PullImageAsync(name, said.Add, CancellationToken.None);

        Assert.Equal(
            await docker.RunAsync("image", "inspect", "--format", "{{.Id}} {{.Architecture}}", name),
            await _engine.InspectImageAsync(name, CancellationToken.None) is var image ? $"{image.Id} {image.Platform!.Architecture}" : null);
        Assert.Contains(said, line => line.Contains("Digest: sha256:", StringComparison.Ordinal));
        GoCrossException failure = await FailsAsync("ImagePullFailed", () => _engine.PullImageAsync($"{registry.Authority}/none:1", _ => { }, CancellationToken.None));
        Assert.Contains("none:1", failure.Message, StringComparison.Ordinal);
    }

    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task The_engine_says_what_it_runs_on()
    {
        EngineFacts facts = await _engine.GetFactsAsync(CancellationToken.None);

        Assert.Equal(await docker.RunAsync("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"), facts.Platform.ToString());
        Assert.Equal(await docker.RunAsync("info", "--format", "{{.NCPU}}"), facts.Processors.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("from-the-image", (await _engine.InspectImageAsync(Image, CancellationToken.None)).Environment["GREETING"]);
    }

    // An engine goes on with what it has begun to make: a call that is cancelled in the midst of it left the container.
    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task Cancelled_at_whatever_moment_nothing_is_left()
    {
        string nothing = Path.Combine(_folder.Path, "nothing.tar");
        File.WriteAllBytes(nothing, new TarBytes().Directory("etc").End());
        await docker.RunAsync("import", nothing, "gocross-test/nothing:1");
        for (int milliseconds = 0; milliseconds < 100; milliseconds++)
        {
            using var stop = new CancellationTokenSource(milliseconds);
            try
            {
                string id = await _engine.CreateContainerAsync(
                    new ContainerSpecification { Image = "gocross-test/nothing:1", Command = ["/none"], Purpose = "stopped" }, stop.Token);
                await _engine.RemoveContainerAsync(id, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // What is asked for.
            }

            Assert.Equal(
                (milliseconds, ""),
                (milliseconds, await docker.RunAsync("ps", "--all", "--quiet", "--filter", "label=gocross=stopped")));
        }
    }

    // Podman sends the stop signal first, and waits for ten seconds where a program pays no heed to it: nothing does to this one.
    [DockerFact("dpkg-query", "tar")]
    [Trait("Engine", "Any")]
    public async Task A_container_that_runs_is_removed_by_the_signal_that_nothing_ignores()
    {
        Started container = await StartAsync();
        string signal = await docker.RunAsync("inspect", "--format", "{{.Config.StopSignal}}", container.Id);

        await container.DisposeAsync();

        Assert.Contains(signal, (string[])["SIGKILL", "9"]);
        Assert.Equal("", await docker.RunAsync("ps", "--all", "--quiet", "--filter", $"id={container.Id}"));
    }

    private static async Task<GoCrossException> FailsAsync(string errorId, Func<Task> call)
    {
        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(call);
        Assert.True(failure.ErrorId == errorId, $"{failure.ErrorId}: {failure}");
        return failure;
    }

    private async Task<Started> StartAsync(string shell = "/bin/sh")
    {
        string id = await _engine.CreateContainerAsync(
            new ContainerSpecification { Image = Image, Command = [shell], Purpose = "tests", HasHeldInput = true },
            CancellationToken.None);
        IDisposable input = await _engine.HoldInputAsync(id, CancellationToken.None);
        var started = new Started(_engine, id, input);
        try
        {
            await _engine.StartContainerAsync(id, CancellationToken.None);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    private sealed class Started(IContainerEngine engine, string id, IDisposable input) : IAsyncDisposable
    {
        internal string Id => id;

        internal IDisposable Input => input;

        internal Task<ProcessResult> RunAsync(
            string program, string[] arguments, Dictionary<string, string?>? environment = null, Action<string>? onLine = null) =>
            engine.ExecuteAsync(
                id,
                new ProcessRequest
                {
                    FileName = program,
                    Arguments = arguments,
                    WorkingDirectory = "/usr",
                    Environment = environment ?? [],
                    OnOutputLine = onLine,
                },
                CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await engine.RemoveContainerAsync(id, CancellationToken.None);
            input.Dispose();
        }
    }
}
