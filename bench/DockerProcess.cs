using System.Diagnostics;
using System.Globalization;

namespace GoCross.Bench;

/// <summary>A Docker engine of the benchmark's own, gone with its data when it is disposed.</summary>
internal sealed class DockerProcess : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("gocross-bench-").FullName;
    private readonly Process _process;

    /// <summary>Starts one, and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    internal DockerProcess()
    {
        // A mount namespace of its own takes away what the engine mounts. No network of the machine is touched.
        _process = Process.Start(
            "/bin/sh",
            [
                "-c", "exec unshare --mount --propagation slave dockerd --data-root \"$0/data\" --exec-root \"$0/exec\" --pidfile \"$0/pid\" "
                    + "--host \"unix://$0/socket\" --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs >\"$0/log\" 2>&1",
                _folder,
            ]);
        long start = Stopwatch.GetTimestamp();
        while (Docker("version", "--format", "{{.Server.Version}}").Trim().Length == 0)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > Timeout)
            {
                Dispose();
                throw new InvalidOperationException("dockerd does not start: it needs root.");
            }

            Thread.Sleep(100);
        }
    }

    /// <summary>A client that builds with BuildKit: one with buildx, or one older than 23, which has it built in; null for none.</summary>
    internal static string? BuildKitClient => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "docker"))
        .Where(File.Exists)
        .FirstOrDefault(client => int.Parse(Peer.Run(client, ["--version"]).Split("version ")[1].Split('.')[0], CultureInfo.InvariantCulture) < 23
            || Peer.Run(client, ["buildx", "version"]).Length > 0);

    /// <summary>Where it listens, as DOCKER_HOST has it.</summary>
    internal string Host => $"unix://{_folder}/socket";

    /// <summary>Runs docker, and returns what it wrote.</summary>
    internal string Docker(params string[] arguments) => Peer.Run("docker", arguments, ("DOCKER_HOST", Host));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Peer.Run("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            _process.WaitForExit(Timeout);
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
