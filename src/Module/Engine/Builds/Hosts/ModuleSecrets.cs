using System.Formats.Tar;
using System.Text;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>
/// What a container gets to fetch private modules with. Files are put into the container, which is removed with them, and the
/// SSH agent's socket is mounted: no value is in an argument, a variable, a log or an image.
/// </summary>
internal sealed class ModuleSecrets
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Folder = "/run/gocross";
    private const string AgentSocket = "/run/gocross-ssh-agent";
    private const string Netrc = "netrc";
    private const string KnownHosts = "known_hosts";
    private const string GitConfiguration = "gitconfig";

    private readonly List<(string Name, byte[] Content)> _files = [];

    private ModuleSecrets()
    {
    }

    /// <summary>Variables of the container's: where things are, and no secret.</summary>
    internal Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Files of this machine and where the container has them.</summary>
    internal List<KeyValuePair<string, string>> Mounts { get; } = [];

    /// <summary>Reads what was asked for.</summary>
    /// <param name="options">What that is, and this machine's environment.</param>
    /// <param name="engine">The engine's address.</param>
    /// <exception cref="GoCrossException">ModuleCredentialMissing; ModuleAgentRemote; PrivateModuleInvalid; SourceUnreadable.</exception>
    internal static ModuleSecrets Read(ContainerHostOptions options, string engine)
    {
        (IReadOnlyList<ModuleCredential> credentials, Func<string, string?> variable) = (options.Credentials, options.Variable);
        var secrets = new ModuleSecrets();
        string home = variable("HOME") ?? System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        if (credentials.Contains(ModuleCredential.Netrc))
        {
            string file = variable("NETRC") is { Length: > 0 } named ? named : Path.Combine(home, OperatingSystem.IsWindows() ? "_netrc" : ".netrc");
            secrets.Add(Netrc, file);
            secrets.Environment["NETRC"] = $"{Folder}/{Netrc}";
        }

        if (credentials.Contains(ModuleCredential.Ssh))
        {
            if (!engine.StartsWith("unix:", StringComparison.Ordinal))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ModuleAgentRemote), engine);
            }

            string agent = variable("SSH_AUTH_SOCK") ?? string.Empty;
            if (!File.Exists(agent))
            {
                throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.ModuleCredentialMissing), agent.Length == 0 ? "SSH_AUTH_SOCK" : agent);
            }

            secrets.Add(KnownHosts, Path.Combine(home, ".ssh", "known_hosts"));
            secrets.Mounts.Add(KeyValuePair.Create(agent, AgentSocket));
            secrets.Environment["SSH_AUTH_SOCK"] = AgentSocket;
            secrets.Environment["GIT_CONFIG_GLOBAL"] = $"{Folder}/{GitConfiguration}";

            // The options that go gives ssh where nobody does (cmd/go/main.go), and where the hosts' keys are.
            secrets.Environment["GIT_SSH_COMMAND"] = $"ssh -o ControlMaster=no -o BatchMode=yes -o UserKnownHostsFile={Folder}/{KnownHosts}";
            secrets._files.Add((GitConfiguration, Encoding.UTF8.GetBytes(GitConfigurationFor(
                SshHosts.Of(SshHosts.Patterns(options.Given.GetValueOrDefault("GOPRIVATE") ?? variable("GOPRIVATE") ?? string.Empty))))));
        }

        return secrets;
    }

    /// <summary>Puts the files into a container.</summary>
    /// <param name="engine">The container's engine.</param>
    /// <param name="container">The container, which runs.</param>
    /// <param name="image">The image's name, for messages.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">ModuleCredentialNotPlaced; what the engine's calls throw.</exception>
    internal async Task PutAsync(IContainerEngine engine, string container, string image, CancellationToken cancellation)
    {
        if (_files.Count == 0)
        {
            return;
        }

        await engine.PutArchiveAsync(container, "/", WriteAsync, cancellation).ConfigureAwait(false);
        if (Environment.ContainsKey("NETRC"))
        {
            // go reads NETRC, but git, which it starts, reads the home alone; where that is, the image says.
            ProcessResult linked = await engine.ExecuteAsync(
                container,
                new ProcessRequest { FileName = "/bin/sh", Arguments = ["-c", $"ln -sf {Folder}/{Netrc} ~/.netrc"], WorkingDirectory = "/" },
                cancellation).ConfigureAwait(false);
            if (linked.ExitCode != 0)
            {
                throw GoCrossException.Create(
                    ErrorKind.Unavailable, nameof(Messages.ModuleCredentialNotPlaced), image, linked.StandardError.Trim());
            }
        }
    }

    private static string GitConfigurationFor(string[] hosts)
    {
        var text = new StringBuilder("[include]\n\tpath = ~/.gitconfig\n");
        foreach ((string address, string insteadOf) in hosts.Select(SshHosts.RewriteOf))
        {
            text.Append("[url \"").Append(address).Append("\"]\n\tinsteadOf = ").Append(insteadOf).Append('\n');
        }

        return text.ToString();
    }

    private void Add(string name, string file)
    {
        try
        {
            _files.Add((name, File.ReadAllBytes(file)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw GoCrossException.Create(e, ErrorKind.NotFound, nameof(Messages.ModuleCredentialMissing), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoCrossException.Create(e, ErrorKind.AccessDenied, nameof(Messages.SourceUnreadable), file, e.Message);
        }
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        await using (tar.ConfigureAwait(false))
        {
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.Directory, $"{Folder[1..]}/") { Mode = OwnerOnly | UnixFileMode.UserExecute }, cancellation).ConfigureAwait(false);
            foreach ((string name, byte[] content) in _files)
            {
                await tar.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.RegularFile, $"{Folder[1..]}/{name}") { DataStream = new MemoryStream(content), Mode = OwnerOnly }, cancellation).ConfigureAwait(false);
            }
        }
    }
}
