using System.Text;

namespace GoCross.Sboms;

/// <summary>What a distribution says of itself (os-release(5)).</summary>
/// <param name="Id">ID, in lower case: debian, alpine, wolfi.</param>
/// <param name="VersionId">VERSION_ID; null where there is none, as in Debian's testing.</param>
/// <param name="PrettyName">PRETTY_NAME.</param>
/// <param name="Path">Where it was read.</param>
internal sealed record OsRelease(string Id, string? VersionId, string PrettyName, string Path)
{
    private const int MaxFileLength = 1 << 20;

    /// <summary>ID and VERSION_ID, as a purl's qualifier distro has it: debian-12, alpine-3.19.1.</summary>
    internal string Distro => VersionId is null ? Id : $"{Id}-{VersionId}";

    /// <summary>Reads it.</summary>
    /// <returns>Null where there is none.</returns>
    internal static OsRelease? TryRead(SystemTree tree)
    {
        foreach (string path in new[] { "/etc/os-release", "/usr/lib/os-release" })
        {
            if (tree.TryRead(path, MaxFileLength) is { } content && Parse(Encoding.UTF8.GetString(content), path) is { } release)
            {
                return release;
            }
        }

        return null;
    }

    private static OsRelease? Parse(string text, string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#')
            {
                values[line[..equals]] = Unquote(line[(equals + 1)..]);
            }
        }

        return values.GetValueOrDefault("ID") is { Length: > 0 } id
            ? new OsRelease(
                id.ToLowerInvariant(),
                values.GetValueOrDefault("VERSION_ID") is { Length: > 0 } version ? version : null,
                values.GetValueOrDefault("PRETTY_NAME") ?? values.GetValueOrDefault("NAME") ?? id,
                path)
            : null;
    }

    // As a shell would: in double quotes a backslash takes the meaning off what follows.
    private static string Unquote(string value)
    {
        if (value.Length < 2 || value[0] is not ('"' or '\'') || value[^1] != value[0])
        {
            return value;
        }

        string inner = value[1..^1];
        if (value[0] == '\'' || !inner.Contains('\\', StringComparison.Ordinal))
        {
            return inner;
        }

        var text = new StringBuilder();
        for (int i = 0; i < inner.Length; i++)
        {
            text.Append(inner[i] == '\\' && i + 1 < inner.Length ? inner[++i] : inner[i]);
        }

        return text.ToString();
    }
}
