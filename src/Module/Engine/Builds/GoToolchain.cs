using System.Collections.Concurrent;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Processes;
using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Builds;

/// <summary>A Go toolchain as it presents itself in one directory: go.mod and go.work may call for another version there.</summary>
public sealed class GoToolchain
{
    /// <summary>The pairs of a toolchain do not change while a session runs, and asking costs a process.</summary>
    private static readonly ConcurrentDictionary<string, IReadOnlyList<GoTarget>> KnownTargets = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, string> NothingGiven = [];

    private readonly Dictionary<string, string> _environment;
    private string? _identity;

    private GoToolchain(
        IGoHost host,
        string command,
        string workingDirectory,
        IReadOnlyDictionary<string, string> given,
        Dictionary<string, string> environment,
        IReadOnlyList<GoTarget> targets)
    {
        Host = host;
        Given = given;
        Command = command;
        WorkingDirectory = workingDirectory;
        _environment = environment;
        Targets = targets;
    }

    /// <summary>Where it runs.</summary>
    public IGoHost Host { get; }

    /// <summary>The full path of the go command.</summary>
    public string Command { get; }

    /// <summary>Variables that are set whenever it runs, over the environment.</summary>
    public IReadOnlyDictionary<string, string> Given { get; }

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

    /// <summary>Whether a target is this machine's own system and architecture.</summary>
    /// <param name="target">The target.</param>
    internal bool Runs(BuildTarget target) => target.Os == HostOs && target.Architecture == HostArchitecture;

    /// <summary>The options that the user set for all go commands (GOFLAGS).</summary>
    public string Flags => Variable("GOFLAGS");

    /// <summary>All that makes it what it is, in one text: two of the same answer every question alike.</summary>
    internal string Identity => _identity ??= string.Join(
        '\n',
        // The first names a temporary folder of the go that was asked.
        _environment.Where(pair => pair.Key != "GOGCCFLAGS").OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}={pair.Value}")
            .Concat(Given.Select(pair => $"{pair.Key}={pair.Value}"))
            .Prepend(Command)
            .Prepend(Host.Name));

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
        FindAsync(LocalGoHost.Instance, goPath, workingDirectory, NothingGiven, cancellation);

    /// <summary>Finds the go command of a place and asks it what it is.</summary>
    /// <param name="host">The place.</param>
    /// <param name="goPath">As <see cref="Locate"/>, but there.</param>
    /// <param name="workingDirectory">The directory of this machine to ask in.</param>
    /// <param name="given">Variables to set whenever it runs.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="GoCrossException">GoPathInvalid; GoPathNotGo; GoNotFound; GoFailed; ProcessStartFailed; EnvironmentReserved.</exception>
    public static async Task<GoToolchain> FindAsync(
        IGoHost host,
        string? goPath,
        string workingDirectory,
        IReadOnlyDictionary<string, string> given,
        CancellationToken cancellation)
    {
        BuildEnvironment.RequireFree(given.Keys);
        string command = host.LocateGo(goPath);
        var asking = new GoToolchain(host, command, workingDirectory, given, new Dictionary<string, string>(), []);
        Dictionary<string, string> environment = await GoEnvironment.AskAsync(asking, cancellation).ConfigureAwait(false);
        string key = $"{host.Name}\n{command}\n{environment.GetValueOrDefault("GOROOT")}\n{environment.GetValueOrDefault("GOVERSION")}";
        if (!KnownTargets.TryGetValue(key, out IReadOnlyList<GoTarget>? targets))
        {
            targets = ReadTargets(await asking.RunAsync(["tool", "dist", "list", "-json"], cancellation).ConfigureAwait(false));
            KnownTargets[key] = targets;
        }

        return new GoToolchain(host, command, workingDirectory, given, environment, targets);
    }

    /// <summary>The value that go env gives for a variable; empty where it has none.</summary>
    /// <param name="name">The variable's name.</param>
    public string Variable(string name) => _environment.GetValueOrDefault(name, string.Empty);

    /// <summary>The value of a variable that go env does not tell of: the caller's for this call, or the environment's; or null.</summary>
    /// <param name="name">The variable's name.</param>
    internal string? Inherited(string name) => Given.TryGetValue(name, out string? value) ? value : Host.GetVariable(name);

    /// <summary>
    /// What the go command gets over the environment. A GOROOT that belongs to another go breaks it ("compile: version does
    /// not match go tool version"); without one it finds its own files.
    /// </summary>
    internal Dictionary<string, string?> BaseEnvironment()
    {
        var environment = Given.ToDictionary(pair => pair.Key, string? (pair) => pair.Value, StringComparer.Ordinal);
        string? root = Host.GetVariable("GOROOT");
        if (!string.IsNullOrEmpty(root)
            && Path.GetDirectoryName(Command) != Path.Combine(Path.TrimEndingDirectorySeparator(root), "bin"))
        {
            environment["GOROOT"] = null;
        }

        return environment;
    }

    /// <summary>Runs the go command in the toolchain's directory.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="GoCrossException">GoFailed; ProcessStartFailed.</exception>
    internal async Task<string> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        Dictionary<string, string?> variables = BaseEnvironment();
        if (arguments is ["tool", ..])
        {
            // With -n in GOFLAGS it would print what it would run.
            variables["GOFLAGS"] = GoFlagsVariable.None;
        }

        ProcessResult result = await Host.RunAsync(
            new ProcessRequest
            {
                FileName = Command,
                Arguments = arguments,
                WorkingDirectory = Host.PathOf(WorkingDirectory),
                Environment = variables,
            },
            cancellation).ConfigureAwait(false);
        if (result.ExitCode == 0)
        {
            return result.StandardOutput;
        }

        string said = GoErrorText.Of(result.StandardError, result.ExitCode);
        string command = string.Join(' ', arguments);
        throw BuildFailure.IsTooOld(said)
            ? BuildFailure.TooOld(WorkingDirectory, said, this)
            : BuildFailure.IsOfCache(said)
            ? GoCrossException.Create(ErrorKind.ToolFailed, nameof(Messages.GoCacheUnusable), command, WorkingDirectory, string.Empty, said)
            : BuildFailure.OfUnready(WorkingDirectory, said)
                ?? GoCrossException.Create(ErrorKind.ToolFailed, nameof(Messages.GoFailed), command, WorkingDirectory, said);
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
