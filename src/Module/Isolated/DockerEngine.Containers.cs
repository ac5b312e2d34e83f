using System.Diagnostics;
using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Names;
using GoCross.Oci;
using GoCross.Processes;

namespace GoCross.Isolated;

/// <content>Containers.</content>
internal sealed partial class DockerEngine
{
    private const string LoopbackAddress = "127.0.0.1";

    // Between the end of a program's output and the moment at which the engine knows its exit code.
    private static readonly TimeSpan ExitPause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan RemovalInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(30);

    // A storage driver that copies may take some seconds for a large image.
    private static readonly TimeSpan CreateTimeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public Task<EngineFacts> GetFactsAsync(CancellationToken cancellation) => calls.AskAsync(
        async token =>
        {
            SystemInfoResponse info = await client.System.GetSystemInfoAsync(token).ConfigureAwait(false);
            return new EngineFacts(
                new ImagePlatform(info.OSType ?? string.Empty, ArchitectureNames.Normalize(info.Architecture ?? string.Empty).Architecture),
                (int)Math.Clamp(info.NCPU, 1, 4096));
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<string> CreateContainerAsync(ContainerSpecification specification, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string name = $"{ContainerSpecification.Label}-{Guid.NewGuid():N}";

        // An engine makes to its end what it has begun, whether or not anybody waits: only its answer, or the name, says
        // what is to be removed.
        using var timeout = new CancellationTokenSource();
        using CancellationTokenRegistration wait = cancellation.Register(() => timeout.CancelAfter(CreateTimeout));
        try
        {
            string id = await calls.RunAsync(
                async () => (await client.Containers
                    .CreateContainerAsync(Parameters(specification, name), timeout.Token)
                    .ConfigureAwait(false)).ID,
                timeout.Token,
                e => ImageMissingAsync(e, specification.Image, timeout.Token)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return id;
        }
        catch (Exception e) when (cancellation.IsCancellationRequested
            || e is GoCrossException { IsLoss: true } or GoCrossException { ErrorId: nameof(Messages.EngineAnswerInvalid) })
        {
            await TryRemoveAsync(name).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IDisposable> HoldInputAsync(string container, CancellationToken cancellation) => calls.RunAsync<IDisposable>(
        async () => await streams
            .UpgradeAsync($"containers/{container}/attach?stream=1&stdin=1", body: null, cancellation)
            .ConfigureAwait(false),
        cancellation,
        Gone);

    /// <inheritdoc/>
    public Task StartContainerAsync(string container, CancellationToken cancellation) => calls.RunAsync(
        () => client.Containers.StartContainerAsync(container, new ContainerStartParameters(), cancellation),
        cancellation,
        e => Task.FromResult<GoCrossException?>(GoCrossException.Create(
            e, ErrorKind.ToolFailed, nameof(Messages.ContainerNotStarted), Endpoint, EngineCalls.Said(e))));

    /// <inheritdoc/>
    public Task PutArchiveAsync(
        string container, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) => calls.RunAsync(
        async () =>
        {
            string path = $"containers/{container}/archive?noOverwriteDirNonDir=true&path={Uri.EscapeDataString(folder)}";
            await streams.SendAsync(HttpMethod.Put, path, write, onLine: null, cancellation).ConfigureAwait(false);
            return true;
        },
        cancellation,
        Gone);

    /// <inheritdoc/>
    public Task<Stream> GetArchiveAsync(string container, string path, CancellationToken cancellation) => calls.RunAsync(
        async () => (await client.Containers
            .GetArchiveFromContainerAsync(
                container, new GetArchiveFromContainerParameters { Path = path }, statOnly: false, cancellation)
            .ConfigureAwait(false)).Stream,
        cancellation,
        e => e.StatusCode == HttpStatusCode.NotFound && !EngineCalls.Said(e).Contains("No such container:", StringComparison.Ordinal)
            ? Task.FromResult<GoCrossException?>(GoCrossException.Create(
                e, ErrorKind.NotFound, nameof(Messages.ContainerPathMissing), path, EngineCalls.Said(e)))
            : Gone(e));

    /// <inheritdoc/>
    public async Task<ProcessResult> ExecuteAsync(string container, ProcessRequest request, CancellationToken cancellation)
    {
        string id = await calls.RunAsync(
            async () => (await client.Exec.ExecCreateContainerAsync(container, ExecParameters(request), cancellation).ConfigureAwait(false)).ID,
            cancellation,
            Gone).ConfigureAwait(false);
        long started = Stopwatch.GetTimestamp();
        var output = new OutputLines(request.OnOutputLine);
        var error = new OutputLines(request.OnErrorLine);
        await calls.RunAsync(
            async () =>
            {
                Stream stream = await streams
                    .UpgradeAsync($"exec/{id}/start", new { Detach = false, Tty = false }, cancellation)
                    .ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    await ReadAsync(stream, output.Add, error.Add, cancellation).ConfigureAwait(false);
                }

                output.Complete();
                error.Complete();

                return true;
            },
            cancellation,
            e => NotStarted(e, request.FileName)).ConfigureAwait(false);
        int exitCode = await ExitCodeAsync(id, cancellation).ConfigureAwait(false);
        TimeSpan duration = Stopwatch.GetElapsedTime(started);
        if (exitCode is 126 or 127 && output.Text.StartsWith("OCI runtime exec failed", StringComparison.Ordinal))
        {
            // The engine has answered the call by then, and says it where the program would have spoken.
            throw GoCrossException.Create(
                ErrorKind.ToolMissing, nameof(Messages.ContainerProgramNotStarted), request.FileName, output.Text.Trim());
        }

        return new ProcessResult(exitCode, output.Text, error.Text, duration);
    }

    // Of a container that may be there: whatever comes of it, the reason to remove it is what the user sees.
    private async Task TryRemoveAsync(string container)
    {
        using var timeout = new CancellationTokenSource(CreateTimeout);
        try
        {
            await RemoveContainerAsync(container, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is GoCrossException or OperationCanceledException)
        {
            // The label finds it: docker ps --all --filter label=gocross.
        }
    }

    /// <inheritdoc/>
    public Task<RunningContainer> InspectContainerAsync(string container, CancellationToken cancellation) => calls.AskAsync(
        async token =>
        {
            ContainerInspectResponse found = await client.Containers.InspectContainerAsync(container, token).ConfigureAwait(false);
            return new RunningContainer(
                found.State?.Running == true,
                isLocal && found.State?.Pid is > 0 and <= int.MaxValue and long process && IsOf(found.ID, (int)process) ? (int)process : null,
                remoteHost is not null ? [] :
                    [.. Addresses(found.NetworkSettings).Where(address => IPAddress.TryParse(address, out _)).Distinct(StringComparer.Ordinal)],
                remoteHost ?? LoopbackAddress,
                PublishedPorts(found.NetworkSettings));
        },
        cancellation,
        Gone);

    /// <inheritdoc/>
    public Task SignalContainerAsync(string container, string signal, CancellationToken cancellation) => calls.RunAsync(
        async () =>
        {
            await client.Containers
                .KillContainerAsync(container, new ContainerKillParameters { Signal = signal }, cancellation)
                .ConfigureAwait(false);
            return true;
        },
        cancellation,
        Gone);

    /// <inheritdoc/>
    public Task RemoveContainerAsync(string container, CancellationToken cancellation) => calls.RunAsync(
        async () =>
        {
            try
            {
                await client.Containers
                    .RemoveContainerAsync(
                        container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancellation)
                    .ConfigureAwait(false);
            }
            catch (DockerApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                // It is gone.
            }
            catch (DockerApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
            {
                // "removal of container ... is already in progress": it ended and removes itself, and is listed until then.
                await WaitUntilGoneAsync(container, cancellation).ConfigureAwait(false);
            }

            return true;
        },
        cancellation);

    // An engine that does not come to an end with it is not waited for for ever: the container is its own to remove.
    private async Task WaitUntilGoneAsync(string container, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            while (Stopwatch.GetElapsedTime(started) < RemovalTimeout)
            {
                await client.Containers.InspectContainerAsync(container, cancellation).ConfigureAwait(false);
                await Task.Delay(RemovalInterval, cancellation).ConfigureAwait(false);
            }
        }
        catch (DockerContainerNotFoundException)
        {
            // What was waited for.
        }
    }

    private CreateContainerParameters Parameters(ContainerSpecification specification, string name) => new()
    {
        Name = name,
        Image = specification.Image,
        Entrypoint = [specification.Command[0]],
        Cmd = [.. specification.Command.Skip(1)],
        Env = [.. specification.Environment.Select(pair => $"{pair.Key}={pair.Value}")],
        User = specification.User,
        WorkingDir = specification.WorkingDirectory,
        Labels = new Dictionary<string, string> { [ContainerSpecification.Label] = specification.Purpose },
        NetworkDisabled = specification.NetworkDisabled,
        OpenStdin = specification.HasHeldInput,
        StdinOnce = specification.HasHeldInput,
        AttachStdin = specification.HasHeldInput,

        // Podman's forced removal asks the process to end, too, and waits ten seconds for it.
        StopSignal = "SIGKILL",

        // A health check would run programs of the image beside ours.
        Healthcheck = new HealthConfig { Test = ["NONE"] },
        ExposedPorts = specification.PublishedPorts.ToDictionary(TcpPort, _ => default(EmptyStruct)),
        HostConfig = new HostConfig
        {
            AutoRemove = true,

            // Not Binds, a text that a colon in a path would end.
            Mounts = [.. specification.Mounts.Select(mount => new Mount { Type = "bind", Source = mount.Key, Target = mount.Value })],
            PortBindings = specification.PublishedPorts.ToDictionary(
                TcpPort, _ => (IList<PortBinding>)[new PortBinding { HostIP = remoteHost is null ? LoopbackAddress : string.Empty }]),
        },
    };

    private static string TcpPort(int port) => string.Create(CultureInfo.InvariantCulture, $"{port}/tcp");

    private static IEnumerable<string> Addresses(NetworkSettings? settings) =>
        (settings?.Networks?.Values.SelectMany(network => (string?[])[network?.IPAddress, network?.GlobalIPv6Address]) ?? [])
            .Prepend(settings?.IPAddress)
            .OfType<string>()
            .Where(address => address.Length > 0);

    private static Dictionary<int, int> PublishedPorts(NetworkSettings? settings)
    {
        var published = new Dictionary<int, int>();
        foreach ((string name, IList<PortBinding>? bindings) in settings?.Ports ?? new Dictionary<string, IList<PortBinding>>())
        {
            if (name.EndsWith("/tcp", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(0, name.Length - "/tcp".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                && bindings?.FirstOrDefault()?.HostPort is { } text
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int outside))
            {
                published[port] = outside;
            }
        }

        return published;
    }

    // An engine behind a socket can still be in another process namespace: then the number is somebody else's.
    private static bool IsOf(string container, int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cgroup"))
                .Contains(container, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static ContainerExecCreateParameters ExecParameters(ProcessRequest request) => new()
    {
        AttachStdout = true,
        AttachStderr = true,
        WorkingDir = request.WorkingDirectory,
        Env = [.. request.Environment.Select(pair => $"{pair.Key}={pair.Value}")],
        Cmd = [request.FileName, .. request.Arguments],
    };

    private delegate void Sink(ReadOnlySpan<byte> bytes);

    private static async Task ReadAsync(Stream stream, Sink output, Sink error, CancellationToken cancellation)
    {
        using var both = new MultiplexedStream(stream, multiplexed: true);
        byte[] buffer = new byte[32 << 10];
        while (true)
        {
            MultiplexedStream.ReadResult read = await both
                .ReadOutputAsync(buffer, 0, buffer.Length, cancellation)
                .ConfigureAwait(false);
            if (read.EOF)
            {
                break;
            }

            Sink sink = read.Target == MultiplexedStream.TargetStream.StandardError ? error : output;
            sink(buffer.AsSpan(0, read.Count));
        }
    }

    private async Task<int> ExitCodeAsync(string exec, CancellationToken cancellation)
    {
        while (true)
        {
            ContainerExecInspectResponse state = await calls.AskAsync(
                token => client.Exec.InspectContainerExecAsync(exec, token), cancellation, Gone).ConfigureAwait(false);
            if (!state.Running)
            {
                return (int)state.ExitCode;
            }

            await Task.Delay(ExitPause, cancellation).ConfigureAwait(false);
        }
    }

    // 404: no such container; 409: it is not running; the same of what ran in it.
    private Task<GoCrossException?> Gone(DockerApiException e) => Task.FromResult(
        e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict
            ? GoCrossException.CreateLoss(e, ErrorKind.Unavailable, nameof(Messages.ContainerGone), Endpoint, EngineCalls.Said(e))
            : null);

    private Task<GoCrossException?> NotStarted(DockerApiException e, string program) =>
        EngineCalls.Said(e).Contains("OCI runtime exec failed", StringComparison.Ordinal)
            ? Task.FromResult<GoCrossException?>(GoCrossException.Create(
                e, ErrorKind.ToolMissing, nameof(Messages.ContainerProgramNotStarted), program, EngineCalls.Said(e)))
            : Gone(e);
}
