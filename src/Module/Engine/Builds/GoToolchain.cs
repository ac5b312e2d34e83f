using System.Collections.Concurrent;
using System.Text.Json;
using GoCross.Builds.Hosts;
using GoCross.Errors;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>A Go toolchain as it presents itself in one directory: go.mod and go.work may call for another version there.</summary>
public sealed class GoToolchain
{
    /// <summary>The pairs of a toolchain do not change while a session runs, and asking costs a process.</summary>
    private static readonly ConcurrentDictionary<string, IReadOnlyList<GoTarget>> KnownTargets = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _environment;

    private GoToolchain(
        IGoHost host,
        string command,
        string workingDirectory,
        Dictionary<string, string> environment,
        IReadOnlyList<GoTarget> targets)
    {
        Host = host;
        Command = command;
        WorkingDirectory = workingDirectory;
        _environment = environment;
        Targets = targets;
    }

    /// <summary>Where it runs.</summary>
    public IGoHost Host { get; }

    /// <summary>The full path of the go command.</summary>
    public string Command { get; }

    /// <summary>The directory of this machine that it was asked in.</summary>
    public string WorkingDirectory { get; }

    /// <summary>The version that does the work there, such as go1.23.5 (GOVERSION).</summary>
    public string Version => Variable("GOVERSION");

    /// <summary>Where its files are (GOROOT).</summary>
    public string Root => Variable("GOROOT");

    /// <summary>The system of this machine (GOHOSTOS).</summary>
    public string HostOs => Variable("GOHOSTOS");

    /// <summary>The architecture of this machine (GOHOSTARCH).</summary>
    public string HostArchitecture => Variable("GOHOSTARCH");

    /// <summary>The options that the user set for all go commands (GOFLAGS).</summary>
    public string Flags => Variable("GOFLAGS");

    /// <summary>What it makes programs for.</summary>
    public IReadOnlyList<GoTarget> Targets { get; }

    /// <summary>This machine as a target.</summary>
    public BuildTarget HostTarget => BuildTargets.Parse([$"{HostOs}/{HostArchitecture}"], Targets)[0];

    /// <summary>Finds the go command.</summary>
    /// <param name="goPath">The command or a GOROOT, as a full path; null to look on PATH, in GOROOT and where installers put it.</param>
    /// <returns>The command's full path.</returns>
    /// <exception cref="GoCrossException">GoPathInvalid; GoNotFound.</exception>
    public static string Locate(string? goPath) => GoLocator.Locate(goPath);

    /// <summary>Finds the go command and asks it what it is.</summary>
    /// <param name="goPath">As <see cref="Locate"/>.</param>
    /// <param name="workingDirectory">The directory to ask in.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="GoCrossException">GoPathInvalid; GoPathNotGo; GoNotFound; GoFailed; ProcessStartFailed.</exception>
    public static Task<GoToolchain> FindAsync(string? goPath, string workingDirectory, CancellationToken cancellation) =>
        FindAsync(LocalGoHost.Instance, goPath, workingDirectory, cancellation);

    /// <summary>Finds the go command of a place and asks it what it is.</summary>
    /// <param name="host">The place.</param>
    /// <param name="goPath">As <see cref="Locate"/>, but there.</param>
    /// <param name="workingDirectory">The directory of this machine to ask in.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="GoCrossException">GoPathInvalid; GoPathNotGo; GoNotFound; GoFailed; ProcessStartFailed.</exception>
    public static async Task<GoToolchain> FindAsync(
        IGoHost host, string? goPath, string workingDirectory, CancellationToken cancellation)
    {
        string command = host.LocateGo(goPath);
        string json = await RunAsync(host, command, ["env", "-json"], workingDirectory, cancellation).ConfigureAwait(false);
        Dictionary<string, string> environment = ReadEnvironment(command, json);
        string key = $"{host.Name}\n{command}\n{environment.GetValueOrDefault("GOROOT")}\n{environment.GetValueOrDefault("GOVERSION")}";
        if (!KnownTargets.TryGetValue(key, out IReadOnlyList<GoTarget>? targets))
        {
            targets = ReadTargets(
                await RunAsync(host, command, ["tool", "dist", "list", "-json"], workingDirectory, cancellation).ConfigureAwait(false));
            KnownTargets[key] = targets;
        }

        return new GoToolchain(host, command, workingDirectory, environment, targets);
    }

    /// <summary>The value that go env gives for a variable; empty where it has none.</summary>
    /// <param name="name">The variable's name.</param>
    public string Variable(string name) => _environment.GetValueOrDefault(name, string.Empty);

    /// <summary>
    /// What a go command gets over the caller's environment. A GOROOT that belongs to another go breaks it ("compile:
    /// version does not match go tool version"); without one it finds its own files.
    /// </summary>
    /// <param name="host">Where it runs.</param>
    /// <param name="command">The full path of the go command.</param>
    internal static Dictionary<string, string?> EnvironmentOf(IGoHost host, string command)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        string? root = host.GetVariable("GOROOT");
        if (!string.IsNullOrEmpty(root)
            && Path.GetDirectoryName(command) != Path.Combine(Path.TrimEndingDirectorySeparator(root), "bin"))
        {
            environment["GOROOT"] = null;
        }

        return environment;
    }

    private static async Task<string> RunAsync(
        IGoHost host, string command, string[] arguments, string workingDirectory, CancellationToken cancellation)
    {
        ProcessResult result = await host.RunAsync(
            new ProcessRequest
            {
                FileName = command,
                Arguments = arguments,
                WorkingDirectory = host.PathOf(workingDirectory),
                Environment = EnvironmentOf(host, command),
            },
            cancellation).ConfigureAwait(false);
        return result.ExitCode == 0
            ? result.StandardOutput
            : throw GoCrossException.Create(
                ErrorKind.ToolFailed,
                nameof(Messages.GoFailed),
                string.Join(' ', arguments),
                workingDirectory,
                GoErrorText.Of(result.StandardError, result.ExitCode));
    }

    private static Dictionary<string, string> ReadEnvironment(string command, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? string.Empty, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Some other program that happens to take these arguments.
            throw GoCrossException.Create(e, ErrorKind.InvalidArgument, nameof(Messages.GoPathNotGo), command);
        }
    }

    private static GoTarget[] ReadTargets(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateArray().Select(entry => new GoTarget(
                entry.GetProperty("GOOS").GetString()!,
                entry.GetProperty("GOARCH").GetString()!,
                entry.GetProperty("CgoSupported").GetBoolean(),
                entry.TryGetProperty("FirstClass", out JsonElement first) && first.GetBoolean())),
        ];
    }
}
