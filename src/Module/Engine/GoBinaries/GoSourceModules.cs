using System.Text;
using System.Text.RegularExpressions;

namespace GoCross.GoBinaries;

/// <summary>
/// The modules whose code is in a program, by the paths of its source files: the module cache has each module in a folder
/// called path@version (Go Modules Reference, "Module cache"), and -trimpath keeps that. They are there where the build
/// information was removed.
/// </summary>
internal static partial class GoSourceModules
{
    /// <summary>More modules than any program has.</summary>
    private const int MaxModules = 100_000;

    private const string Cache = "/pkg/mod/";

    /// <summary>Reads the modules.</summary>
    /// <param name="table">The program's functions.</param>
    /// <returns>Path and version of each, sorted by path. A replaced module is here by what replaces it.</returns>
    /// <exception cref="Errors.GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static IReadOnlyList<GoModule> Read(GoFunctionTable table)
    {
        // Of each module one of its folders is enough to tell where in a full path the module's own begins.
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        table.ForEachFile(name =>
        {
            int at = name.IndexOf((byte)'@');
            if (at > 0 && folders.Count < MaxModules)
            {
                int slash = name[at..].IndexOf((byte)'/');
                if (slash > 0)
                {
                    string root = Encoding.UTF8.GetString(name[..(at + slash)]).Replace('\\', '/');
                    if (!folders.ContainsKey(root))
                    {
                        string rest = Encoding.UTF8.GetString(name[(at + slash)..]);
                        folders.Add(root, rest[..rest.LastIndexOf('/')]);
                    }
                }
            }
        });

        HashSet<string>? packages = null;
        var modules = new SortedDictionary<string, GoModule>(StringComparer.Ordinal);
        foreach ((string root, string folder) in folders)
        {
            string? moduleRoot = IsFullPath(root) ? InCache(root, folder) : root;
            if (moduleRoot is not null && ModulePattern().Match(moduleRoot) is { Success: true } match)
            {
                string path = Unescape(match.Groups["path"].Value);
                string version = Unescape(match.Groups["version"].Value);

                // The toolchain that go downloads for itself lies there, too, and is not a dependency.
                if (path != "golang.org/toolchain")
                {
                    modules.TryAdd($"{path}@{version}", new GoModule(path, version, string.Empty, null));
                }
            }
        }

        return [.. modules.Values];

        string? InCache(string root, string folder)
        {
            int cache = root.LastIndexOf(Cache, StringComparison.Ordinal);
            if (cache >= 0)
            {
                return root[(cache + Cache.Length)..];
            }

            // GOMODCACHE may be any folder. Where a module's path begins the names of the packages tell.
            packages ??= Packages(table);
            string withoutVersion = root[..root.LastIndexOf('@')];
            for (int at = root.IndexOf('/', StringComparison.Ordinal); at >= 0 && at < withoutVersion.Length; at = root.IndexOf('/', at + 1))
            {
                if (packages.Contains(Unescape(withoutVersion[(at + 1)..]) + folder))
                {
                    return root[(at + 1)..];
                }
            }

            return null;
        }
    }

    private static HashSet<string> Packages(GoFunctionTable table)
    {
        var packages = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in table.EnumerateNames())
        {
            packages.Add(GoFunction.PackageOf(name));
        }

        return packages;
    }

    private static bool IsFullPath(string path) => path[0] == '/' || (path.Length > 2 && path[1] == ':');

    // In the module cache a capital letter is written as an exclamation mark and the small one (golang.org/x/mod/module, "Escaped Paths").
    private static string Unescape(string path)
    {
        if (!path.Contains('!', StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            text.Append(path[i] == '!' && i + 1 < path.Length ? char.ToUpperInvariant(path[++i]) : path[i]);
        }

        return text.ToString();
    }

    // A module's path begins with a host that has a dot, and its version is a semantic one.
    [GeneratedRegex(
        @"\A(?<path>[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~!-]+)*)@(?<version>v[0-9]+\.[0-9]+\.[0-9]+(?:[-+][A-Za-z0-9.+!-]+)?)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex ModulePattern();
}
