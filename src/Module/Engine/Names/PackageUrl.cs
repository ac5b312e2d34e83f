using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace GoCross.Names;

/// <summary>
/// A package URL (package-url/purl-spec, PURL-SPECIFICATION.rst): what a package is called across programs that list and
/// check packages.
/// </summary>
public sealed record PackageUrl
{
    private const string Scheme = "pkg:";

    /// <summary>The kind of package, in lower case: golang, deb, apk, generic.</summary>
    public required string Type { get; init; }

    /// <summary>The part of the name before its last slash, or the distribution; null where there is none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name; of a Go module the last element of its path.</summary>
    public required string Name { get; init; }

    /// <summary>The version; null where it is not known.</summary>
    public string? Version { get; init; }

    /// <summary>More that tells the package apart, such as its architecture; sorted by key when written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Qualifiers { get; init; } = [];

    /// <summary>A path in the package; null where the whole is meant.</summary>
    public string? Subpath { get; init; }

    /// <summary>The namespace and the name: of a Go module its path, in the case in which it is written here.</summary>
    public string FullName => Namespace is null ? Name : $"{Namespace}/{Name}";

    /// <summary>
    /// The URL of a Go module. It is in lower case, as purl-spec's text has it and syft and trivy write it, though paths of
    /// modules tell cases apart: who needs the exact path finds it beside the URL.
    /// </summary>
    /// <param name="path">The module's path, or std for the standard library.</param>
    /// <param name="version">Its version; null where it is not known.</param>
    public static PackageUrl ForGo(string path, string? version)
    {
        string lower = path.ToLowerInvariant();
        int slash = lower.LastIndexOf('/');
        return new PackageUrl
        {
            Type = "golang",
            Namespace = slash < 0 ? null : lower[..slash],
            Name = lower[(slash + 1)..],
            Version = version,
        };
    }

    /// <summary>Reads a package URL.</summary>
    /// <param name="text">The text.</param>
    /// <param name="url">The URL, percent-encoding taken off.</param>
    /// <returns>False for what is none.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PackageUrl? url)
    {
        url = null;
        if (text is null || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // From the right, as the specification parses: a name may hold what separates parts only in its encoded form.
        string rest = text[Scheme.Length..].TrimStart('/');
        string? subpath = CutBehind(ref rest, '#');
        string? qualifiers = CutBehind(ref rest, '?');
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            return false;
        }

        string type = rest[..slash].ToLowerInvariant();
        rest = rest[(slash + 1)..].Trim('/');
        int at = rest.LastIndexOf('@');
        string? version = at < 0 || rest.IndexOf('/', at) >= 0 ? null : rest[(at + 1)..];
        rest = version is null ? rest : rest[..at];
        string[] names = [.. rest.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        if (names.Length == 0 || !type.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '+'))
        {
            return false;
        }

        url = new PackageUrl
        {
            Type = type,
            Namespace = names.Length == 1 ? null : string.Join('/', names[..^1]),
            Name = names[^1],
            Version = string.IsNullOrEmpty(version) ? null : Uri.UnescapeDataString(version),
            Qualifiers = ParseQualifiers(qualifiers),
            Subpath = string.IsNullOrEmpty(subpath) ? null : Uri.UnescapeDataString(subpath),
        };
        return true;
    }

    /// <summary>The value of a qualifier, or null where there is none of that key.</summary>
    /// <param name="key">The key, in lower case.</param>
    public string? Qualifier(string key) => Qualifiers.FirstOrDefault(pair => pair.Key == key).Value;

    /// <summary>The canonical text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Scheme).Append(Type).Append('/');
        foreach (string part in (Namespace ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(Encode(part)).Append('/');
        }

        text.Append(Encode(Name));
        if (!string.IsNullOrEmpty(Version))
        {
            text.Append('@').Append(Encode(Version));
        }

        char separator = '?';
        foreach ((string key, string value) in Qualifiers.Where(pair => pair.Value.Length > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(separator).Append(key).Append('=').Append(Encode(value));
            separator = '&';
        }

        return Subpath is null
            ? text.ToString()
            : text.Append('#').AppendJoin('/', Subpath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Encode)).ToString();
    }

    // Letters, digits and . - _ ~ stay, which Uri agrees on; a colon stays as well (PURL-SPECIFICATION.rst, "Character encoding").
    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);

    private static string? CutBehind(ref string text, char separator)
    {
        int at = text.LastIndexOf(separator);
        if (at < 0)
        {
            return null;
        }

        string behind = text[(at + 1)..];
        text = text[..at];
        return behind;
    }

    private static List<KeyValuePair<string, string>> ParseQualifiers(string? text)
    {
        var qualifiers = new List<KeyValuePair<string, string>>();
        foreach (string pair in (text ?? string.Empty).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && equals < pair.Length - 1)
            {
                qualifiers.Add(new(pair[..equals].ToLowerInvariant(), Uri.UnescapeDataString(pair[(equals + 1)..])));
            }
        }

        return qualifiers;
    }
}
