using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>The hosts of private modules that git asks through ssh.</summary>
internal static class SshHosts
{
    /// <summary>The patterns of a list, as GOPRIVATE has them.</summary>
    internal static IEnumerable<string> Patterns(string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The host of each pattern, once. git's configuration has no place for a wildcard there.</summary>
    /// <param name="patterns">Patterns of module paths (go help private).</param>
    /// <exception cref="GoCrossException">PrivateModuleInvalid.</exception>
    internal static string[] Of(IEnumerable<string> patterns) => [.. patterns.Select(HostOf).Distinct(StringComparer.Ordinal)];

    /// <summary>What git asks for and in whose place (git-config(1), url.BASE.insteadOf).</summary>
    internal static (string Base, string InsteadOf) RewriteOf(string host) => ($"ssh://git@{host}/", $"https://{host}/");

    private static string HostOf(string pattern)
    {
        string host = pattern.Split('/')[0];
        return host.Length > 0 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            ? host
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PrivateModuleInvalid), pattern);
    }
}
