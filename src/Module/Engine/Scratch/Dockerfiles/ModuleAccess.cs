using System.Text.RegularExpressions;
using GoCross.Builds;
using GoCross.Errors;

namespace GoCross.Scratch;

/// <summary>
/// How a Dockerfile gets at private modules: GOPRIVATE is an argument of the build, and what proves who one is are secrets
/// and the SSH agent, which BuildKit, Buildah and Podman mount for one RUN. They are in no layer, no argument and no log.
/// </summary>
internal sealed partial class ModuleAccess
{
    private const string Home = "/root";

    private readonly string[] _modules;
    private readonly bool _netrc;
    private readonly bool _ssh;
    private readonly string[] _sshHosts;

    /// <summary>Takes what the user said.</summary>
    /// <param name="source">The modules and the credentials.</param>
    /// <exception cref="GoCrossException">PrivateModuleInvalid; ModuleCredentialWithoutModule.</exception>
    internal ModuleAccess(SourceOptions source)
    {
        _modules = [.. source.PrivateModules.SelectMany(SshHosts.Patterns).Distinct()];
        _netrc = source.ModuleCredentials.Contains(ModuleCredential.Netrc);
        _ssh = source.ModuleCredentials.Contains(ModuleCredential.Ssh);
        if ((_netrc || _ssh) && _modules.Length == 0)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ModuleCredentialWithoutModule));
        }

        if (Array.Find(_modules, module => !ModulePattern().IsMatch(module)) is { } wrong)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PrivateModuleInvalid), wrong);
        }

        _sshHosts = _ssh ? SshHosts.Of(_modules) : [];
    }

    /// <summary>The value of GOPRIVATE; empty where all modules are public.</summary>
    internal string Modules => string.Join(',', _modules);

    /// <summary>Whether there is anything to mount.</summary>
    internal bool HasMounts => _netrc || _ssh;

    /// <summary>The mounts of the RUN that downloads.</summary>
    internal IEnumerable<string> Mounts =>
    [
        .. _netrc ? (string[])[$"type=secret,id=netrc,target={Home}/.netrc"] : [],
        .. _ssh ? (string[])["type=ssh", $"type=secret,id=known_hosts,target={Home}/.ssh/known_hosts"] : [],
    ];

    /// <summary>What stands before the download: git asks for these hosts through ssh, in this RUN alone; empty for nothing.</summary>
    internal string Preparation => _sshHosts.Length == 0 ? string.Empty : string.Join(
        ' ',
        _sshHosts.Select(SshHosts.RewriteOf).SelectMany((rewrite, i) => (string[])
        [
            $"GIT_CONFIG_KEY_{i}={ShellText.Quote($"url.{rewrite.Base}.insteadOf")}",
            $"GIT_CONFIG_VALUE_{i}={ShellText.Quote(rewrite.InsteadOf)}",
        ]).Prepend($"export GIT_CONFIG_COUNT={_sshHosts.Length}")) + ";";

    /// <summary>What docker build is to be given, each with a space before it.</summary>
    internal string Arguments =>
        (_netrc ? " --secret \"id=netrc,src=$HOME/.netrc\"" : string.Empty)
        + (_ssh ? " --ssh default --secret \"id=known_hosts,src=$HOME/.ssh/known_hosts\"" : string.Empty);

    // Patterns of path.Match, separated by commas (go help private): what a shell and a Dockerfile take as it is.
    [GeneratedRegex(@"\A[A-Za-z0-9*?][A-Za-z0-9.*?_~/+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ModulePattern();
}
