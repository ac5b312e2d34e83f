using System.Text;

namespace GoCross.Sboms;

/// <summary>
/// Debian's packages: the stanzas of var/lib/dpkg/status (deb-control(5), dpkg(1)), and of distroless images the files
/// in status.d, one a package (distroless, PACKAGE_METADATA.md).
/// </summary>
internal static class DpkgDatabase
{
    private const string Status = "/var/lib/dpkg/status";
    private const string StatusFolder = "/var/lib/dpkg/status.d";
    private const string InfoFolder = "/var/lib/dpkg/info";

    /// <summary>The database of a system with all of Debian has about 60 MiB.</summary>
    private const int MaxDatabaseLength = 256 << 20;
    private const int MaxFileLength = 16 << 20;

    /// <summary>Reads the packages that are installed.</summary>
    /// <param name="tree">Where.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="Errors.GoCrossException">PackageDatabaseTooLong.</exception>
    internal static IReadOnlyList<SystemPackage> Read(SystemTree tree, CancellationToken cancellation)
    {
        var packages = new List<SystemPackage>();
        foreach (string path in tree.List(StatusFolder))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!path.EndsWith(".md5sums", StringComparison.Ordinal) && tree.TryRead(path, MaxFileLength) is { } content)
            {
                packages.AddRange(Parse(content, tree.PlaceOf(path), needsStatus: false));
            }
        }

        packages.AddRange(PackageHistory.Read(
            tree, Status, MaxDatabaseLength, (content, place) => Parse(content, place, needsStatus: true), cancellation));
        return packages;
    }

    /// <summary>Finds the packages that files belong to.</summary>
    /// <param name="tree">Where.</param>
    /// <param name="packages">The packages.</param>
    /// <param name="paths">The files.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The package by the file, for those that belong to one.</returns>
    internal static Dictionary<string, SystemPackage> OwnersOf(
        SystemTree tree, IReadOnlyList<SystemPackage> packages, IReadOnlySet<string> paths, CancellationToken cancellation)
    {
        var owners = new Dictionary<string, SystemPackage>(StringComparer.Ordinal);
        HashSet<string> known = [.. tree.List(InfoFolder), .. tree.List(StatusFolder)];
        foreach (SystemPackage package in packages)
        {
            cancellation.ThrowIfCancellationRequested();
            string name = package.IsMultiArchSame ? $"{package.Name}:{package.Architecture}" : package.Name;
            string? list = new[] { $"{InfoFolder}/{name}.list", $"{InfoFolder}/{name}.md5sums", $"{StatusFolder}/{name}.md5sums" }
                .FirstOrDefault(known.Contains);
            foreach (string path in list is null ? [] : FilesOf(tree, list))
            {
                if (paths.Contains(path))
                {
                    owners[path] = package;
                }
            }
        }

        return owners;
    }

    // A list has a path a line; of md5sums a line is the hash, two spaces, and the path without its slash.
    private static IEnumerable<string> FilesOf(SystemTree tree, string list)
    {
        bool hasHashes = list.EndsWith(".md5sums", StringComparison.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(tree.TryRead(list, MaxFileLength) ?? []).Split('\n'))
        {
            if (!hasHashes)
            {
                yield return line;
            }
            else if (line.Length > 34)
            {
                yield return "/" + line[34..];
            }
        }
    }

    private static IEnumerable<SystemPackage> Parse(byte[] content, SbomPlace place, bool needsStatus)
    {
        foreach (Dictionary<string, string> stanza in Stanzas(Encoding.UTF8.GetString(content)))
        {
            // Three words: what is wanted, whether it is in order, and what it is.
            bool isInstalled = stanza.GetValueOrDefault("Status") is { } status
                ? status.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, "installed", ..]
                : !needsStatus;
            if (isInstalled
                && stanza.GetValueOrDefault("Package") is { Length: > 0 } name
                && stanza.GetValueOrDefault("Version") is { Length: > 0 } version)
            {
                (string source, string sourceVersion) = SourceOf(stanza.GetValueOrDefault("Source"), name, version);
                yield return new SystemPackage
                {
                    Kind = SbomComponentKind.DebianPackage,
                    Name = name,
                    Version = version,
                    Architecture = stanza.GetValueOrDefault("Architecture"),
                    SourceName = source,
                    SourceVersion = sourceVersion,
                    IsMultiArchSame = stanza.GetValueOrDefault("Multi-Arch") == "same",
                    Place = place,
                };
            }
        }
    }

    // Source: glibc, or gcc-defaults (1.220) where its version is another.
    private static (string Name, string Version) SourceOf(string? source, string name, string version)
    {
        if (string.IsNullOrEmpty(source))
        {
            return (name, version);
        }

        int bracket = source.IndexOf(" (", StringComparison.Ordinal);
        return bracket < 0 || !source.EndsWith(')')
            ? (source.Trim(), version)
            : (source[..bracket].Trim(), source[(bracket + 2)..^1].Trim());
    }

    // What goes on in a line of its own begins with a space there; none of that is asked for.
    private static IEnumerable<Dictionary<string, string>> Stanzas(string text)
    {
        var stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (ReadOnlyMemory<char> line in Lines(text))
        {
            ReadOnlySpan<char> span = line.Span;
            if (span.IsWhiteSpace())
            {
                if (stanza.Count > 0)
                {
                    yield return stanza;
                    stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                }

                continue;
            }

            int colon = span.IndexOf(':');
            if (colon > 0 && !char.IsWhiteSpace(span[0]) && IsAskedFor(span[..colon]))
            {
                stanza.TryAdd(span[..colon].ToString(), span[(colon + 1)..].Trim().ToString());
            }
        }

        if (stanza.Count > 0)
        {
            yield return stanza;
        }
    }

    private static bool IsAskedFor(ReadOnlySpan<char> field) =>
        field is "Package" or "Version" or "Status" or "Architecture" or "Source" or "Multi-Arch";

    private static IEnumerable<ReadOnlyMemory<char>> Lines(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            yield return text.AsMemory(at, end - at);
            at = end + 1;
        }
    }
}
