using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// Follows the links of a tree as a process does whose root it is: one with an absolute target starts at the root
/// again, and no .. leads out of it. What was asked lately is remembered. Not safe for several threads.
/// </summary>
/// <param name="look">
/// Looks at a path whose directories are not links: whether something is there, and the target if it is a link.
/// </param>
internal sealed class LinkWalk(Func<string, (bool Exists, string? Target)> look)
{
    /// <summary>More than the libraries of a system; hundreds of thousands of programs must not be remembered, too.</summary>
    private const int MaxRemembered = 32_768;

    private readonly Dictionary<string, string?> _realPaths = [];

    // A directory's entries are asked for one by one; what is not a link, or not there, is remembered as well.
    private readonly Dictionary<string, (bool Exists, string? Target)> _entries = [];

    /// <summary>Follows all links of a path.</summary>
    /// <param name="path">A path in the root, beginning with a slash.</param>
    /// <returns>The path without links, or null where nothing is there, or links go in a circle.</returns>
    internal string? RealPath(string path)
    {
        if (!_realPaths.TryGetValue(path, out string? real))
        {
            real = Follow(path);
            Remember(_realPaths, path, real);
        }

        return real;
    }

    private string? Follow(string path)
    {
        // What is still to go, the next one on top.
        var ahead = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        string real = string.Empty;
        int links = 0;
        while (ahead.TryPop(out string? name))
        {
            if (name == ".")
            {
                continue;
            }

            if (name == "..")
            {
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
                continue;
            }

            string next = real + "/" + name;
            (bool exists, string? target) = Look(next);
            if (!exists)
            {
                return null;
            }

            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > UnixPath.MaxLinks)
            {
                return null;
            }

            foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                ahead.Push(part);
            }

            if (target.StartsWith('/'))
            {
                real = string.Empty;
            }
        }

        return real.Length == 0 ? "/" : real;
    }

    private (bool Exists, string? Target) Look(string path)
    {
        if (!_entries.TryGetValue(path, out (bool Exists, string? Target) entry))
        {
            entry = look(path);
            Remember(_entries, path, entry);
        }

        return entry;
    }

    private static void Remember<T>(Dictionary<string, T> known, string path, T value)
    {
        if (known.Count == MaxRemembered)
        {
            known.Clear();
        }

        known[path] = value;
    }
}
