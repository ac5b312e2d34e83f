using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GoCross.Files;
using GoCross.Processes;

namespace GoCross.Tests;

/// <summary>
/// A container engine of the tests' own: its data, its socket and its processes are in a temporary directory and go away
/// with it. Tests of the collection <see cref="Collection"/> share one, which is started by the first that asks.
/// </summary>
/// <remarks>
/// It is this machine's dockerd; or, where GOCROSS_ENGINE says so (docker, docker-containerd, podman), that of a newer
/// Debian, whose root is in the folder that GOCROSS_ENGINE_ROOT names: ./build.sh test -Engines goes through them.
/// </remarks>
public sealed class DockerDaemon : IAsyncDisposable, IDisposable
{
    /// <summary>The name of the tests' collection.</summary>
    public const string Collection = "Docker";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string? _certificates;
    private readonly int _port;
    private TemporaryDirectory? _directory;
    private Process? _process;

    /// <summary>An engine that listens at a socket alone.</summary>
    public DockerDaemon()
    {
    }

    /// <summary>An engine that listens at a port of 127.0.0.1, too, with TLS, and wants a client's certificate.</summary>
    /// <param name="certificates">A directory with ca.pem, server.pem and server-key.pem.</param>
    internal DockerDaemon(string certificates)
    {
        _certificates = certificates;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Where it listens with TLS, as DOCKER_HOST has it.</summary>
    internal string TlsEndpoint => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{_port}");

    /// <summary>
    /// A client that builds with BuildKit and asks nobody for a plug-in, or null: one with buildx, or one older than 23,
    /// which has it built in.
    /// </summary>
    internal static Lazy<string?> BuildKitClient { get; } = new(FindBuildKitClient);

    /// <summary>Where the engine listens, as DOCKER_HOST has it. Starts the engine.</summary>
    public async Task<string> GetEndpointAsync()
    {
        await StartAsync();
        return Endpoint;
    }

    /// <summary>Runs docker, and fails the test where docker fails.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>What docker wrote to standard output, without the last line's end.</returns>
    public async Task<string> RunAsync(params string[] arguments)
    {
        ProcessResult result = await TryRunAsync(arguments);
        Assert.True(
            result.ExitCode == 0,
            $"docker {string.Join(' ', arguments)} ended with {result.ExitCode}.\n{result.StandardOutput}\n{result.StandardError}");
        return result.StandardOutput.TrimEnd('\n');
    }

    /// <summary>Runs docker, which may fail.</summary>
    /// <param name="arguments">The arguments.</param>
    public async Task<ProcessResult> TryRunAsync(params string[] arguments)
    {
        await StartAsync();
        return await RunClientAsync(Tools.Require("docker"), arguments, buildKit: false);
    }

    /// <summary>Runs docker build with no network, and fails the test where it fails.</summary>
    /// <param name="buildKit">With BuildKit, or with the legacy builder.</param>
    /// <param name="context">The context's directory.</param>
    /// <param name="arguments">More arguments.</param>
    /// <returns>All that docker said.</returns>
    public async Task<string> BuildAsync(bool buildKit, string context, params string[] arguments)
    {
        await StartAsync();
        string client = buildKit ? BuildKitClient.Value! : Tools.Require("docker");
        ProcessResult result = await RunClientAsync(client, ["build", "--network", "none", .. arguments, context], buildKit);
        string said = result.StandardOutput + result.StandardError;
        Assert.True(result.ExitCode == 0, said);
        return said;
    }

    /// <summary>Kills the engine as the kernel does that runs out of memory; what it has started goes on for the moment.</summary>
    internal void Kill() => _process!.Kill();

    /// <summary>Stops the engine and removes all it made.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Stops the engine and removes all it made.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            // Asked first: the engine then stops its containers and its containerd, and unmounts.
            await ChildProcess.RunAsync(
                new ProcessRequest
                {
                    FileName = "/bin/sh",
                    Arguments = ["-c", "kill -TERM \"$0\"", _process.Id.ToString(CultureInfo.InvariantCulture)],
                    WorkingDirectory = "/",
                },
                CancellationToken.None);
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }

            _process.Dispose();
            _process = null;
        }

        _directory?.Dispose();
        _directory = null;
        _gate.Dispose();
    }

    private string Endpoint => "unix://" + Path.Combine(_directory!.Path, "docker.sock");

    private async Task StartAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_process is not null)
            {
                return;
            }

            _directory = new TemporaryDirectory();
            _process = Launch();
            long start = Stopwatch.GetTimestamp();
            while ((await RunClientAsync(Tools.Require("docker"), ["version"], buildKit: false)).ExitCode != 0)
            {
                if (_process.HasExited || Stopwatch.GetElapsedTime(start) > StartTimeout)
                {
                    throw new InvalidOperationException(
                        "dockerd does not start:\n" + await File.ReadAllTextAsync(Path.Combine(_directory.Path, "log")));
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private Process Launch()
    {
        // A mount namespace of its own takes away what the engine has mounted: where / is not shared, as in a container,
        // the engine mounts its data directory on itself and leaves it so. The storage driver vfs works on every file
        // system; without bridge and iptables no network of the machine is touched. A shell gives it a file for its log,
        // so that no pipe can fill up.
        string root = _directory!.Path;
        string? kind = Environment.GetEnvironmentVariable("GOCROSS_ENGINE");
        string[] tls = _certificates is null ? [] :
        [
            "--host", TlsEndpoint, "--tlsverify", "--tlscacert", Path.Combine(_certificates, "ca.pem"),
            "--tlscert", Path.Combine(_certificates, "server.pem"), "--tlskey", Path.Combine(_certificates, "server-key.pem"),
        ];
        string[] docker =
        [
            "--data-root", Path.Combine(root, "data"),
            "--exec-root", Path.Combine(root, "exec"),
            "--pidfile", Path.Combine(root, "docker.pid"),
            "--host", Endpoint,
            "--iptables=false", "--ip6tables=false", "--bridge=none", .. tls,
        ];
        string[] command = kind switch
        {
            null => [Tools.Require("unshare"), "--mount", "--propagation", "slave", Tools.Require("dockerd"), .. docker, "--storage-driver=vfs"],
            "docker" => [.. InRoot(), "dockerd", .. docker, "--storage-driver=vfs"],
            "docker-containerd" =>
            [
                .. InRoot(), "dockerd", .. docker, "--storage-driver=native",
                "--config-file", Write("daemon.json", """{"features":{"containerd-snapshotter":true}}"""),
            ],
            "podman" =>
            [
                .. InRoot(), "env", "CONTAINERS_CONF=" + Write("containers.conf", "[containers]\nnetns = \"none\"\n"),
                "podman", "--root", Path.Combine(root, "data"), "--runroot", Path.Combine(root, "exec"), "--storage-driver=vfs",
                "--cgroup-manager=cgroupfs", "--runtime=/usr/bin/runc", "system", "service", "--time=0", Endpoint,
            ],
            _ => throw new InvalidOperationException($"GOCROSS_ENGINE is {kind}, which is not an engine of the tests."),
        };
        var info = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/", UseShellExecute = false };
        foreach (string argument in (string[])["-c", "exec \"$@\" >\"$0\" 2>&1", Path.Combine(root, "log"), .. command])
        {
            info.ArgumentList.Add(argument);
        }

        return Process.Start(info)!;

        string Write(string name, string content)
        {
            string path = Path.Combine(root, name);
            File.WriteAllText(path, content);
            return path;
        }
    }

    // Runs what follows in the other Debian's root, which sees this machine's temporary files where they are. All that is
    // mounted is so in a namespace of its own and goes away with it.
    private static string[] InRoot() =>
    [
        Tools.Require("unshare"), "--mount", "--propagation", "private", "/bin/sh", "-c",
        """
        set -e; root=$0; temporary=$1; shift
        mount --bind "$root" "$root"; cd "$root"; mkdir -p old ".$temporary"
        mount --rbind /dev dev; mount --rbind /sys sys; mount -t proc proc proc; mount -t tmpfs tmpfs run
        mount --bind "$temporary" ".$temporary"
        pivot_root . old; cd /; umount -l /old; exec "$@"
        """,
        Environment.GetEnvironmentVariable("GOCROSS_ENGINE_ROOT")
            ?? throw new InvalidOperationException("GOCROSS_ENGINE_ROOT names no folder: ./build.sh setup engines makes one."),
        Path.TrimEndingDirectorySeparator(Path.GetTempPath()),
    ];

    private static string? FindBuildKitClient()
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            string client = Path.Combine(folder, "docker");
            if (File.Exists(client))
            {
                // Docker version 20.10.24+dfsg1, build 297e128
                string version = Programs.Output(client, ["--version"]).Split("version ")[^1];
                if ((int.TryParse(version.Split('.')[0], out int major) && major < 23)
                    || Programs.Run(client, ["buildx", "version"]).ExitCode == 0)
                {
                    return client;
                }
            }
        }

        return null;
    }

    private Task<ProcessResult> RunClientAsync(string client, string[] arguments, bool buildKit) => ChildProcess.RunAsync(
        new ProcessRequest
        {
            FileName = client,
            Arguments = arguments,
            WorkingDirectory = "/",
            Environment = new Dictionary<string, string?>
            {
                ["DOCKER_HOST"] = Endpoint,
                ["DOCKER_CONFIG"] = Path.Combine(_directory!.Path, "config"),
                ["DOCKER_BUILDKIT"] = buildKit ? "1" : "0",
                ["BUILDKIT_PROGRESS"] = "plain",
            },
        },
        CancellationToken.None);
}

/// <summary>The tests that share a <see cref="DockerDaemon"/>.</summary>
[CollectionDefinition(DockerDaemon.Collection)]
public sealed class DockerCollection : ICollectionFixture<DockerDaemon>;
