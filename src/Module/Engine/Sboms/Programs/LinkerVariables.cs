namespace GoCross.Sboms;

/// <summary>What -X of the linker set, as far as the build recorded its -ldflags.</summary>
internal static class LinkerVariables
{
    /// <summary>The value of a variable called version, of the main package before those of other packages of the module.</summary>
    /// <param name="flags">The -ldflags as the build information has them; null for none.</param>
    /// <param name="package">The main package's path.</param>
    /// <param name="module">The main module's path; null where it is not known.</param>
    /// <returns>Null where there is none, or several that differ.</returns>
    internal static string? Version(string? flags, string package, string? module)
    {
        if (flags is null)
        {
            return null;
        }

        (string Package, string Value)[] versions =
        [
            .. Assignments(flags)
                .Select(Split)
                .Where(set => set.Name.Equals("version", StringComparison.OrdinalIgnoreCase) && set.Value.Length > 0)
                .Select(set => (set.Package, set.Value)),
        ];
        return Only(versions.Where(set => set.Package == "main" || set.Package == package))
            ?? Only(versions.Where(set => module is not null
                && (set.Package == module || set.Package.StartsWith(module + "/", StringComparison.Ordinal))));
    }

    /// <summary>The -ldflags of a go build command; of several the last, as for go. Null where there are none.</summary>
    /// <param name="command">The command, a word an item.</param>
    internal static string? FlagsOf(IReadOnlyList<string> command)
    {
        string? flags = null;
        for (int i = 0; i < command.Count; i++)
        {
            string word = command[i].StartsWith("--", StringComparison.Ordinal) ? command[i][1..] : command[i];
            const string Flag = "-ldflags";
            flags = word == Flag && i + 1 < command.Count ? command[i + 1]
                : word.StartsWith(Flag + "=", StringComparison.Ordinal) ? word[(Flag.Length + 1)..]
                : flags;
        }

        return flags;
    }

    private static string? Only(IEnumerable<(string Package, string Value)> versions) =>
        versions.Select(set => set.Value).Distinct().ToArray() is [string only] ? only : null;

    private static (string Package, string Name, string Value) Split(string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? string.Empty : assignment[..equals];
        int dot = name.LastIndexOf('.');
        return dot < 0 ? (string.Empty, string.Empty, string.Empty) : (name[..dot], name[(dot + 1)..], assignment[(equals + 1)..]);
    }

    // -X name=value, -X=name=value, --X; a word may stand in quotes (cmd/internal/quoted).
    private static IEnumerable<string> Assignments(string flags)
    {
        List<string> words = Words(flags);
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i].StartsWith("--", StringComparison.Ordinal) ? words[i][1..] : words[i];
            if (word == "-X" && i + 1 < words.Count)
            {
                yield return words[++i];
            }
            else if (word.StartsWith("-X=", StringComparison.Ordinal))
            {
                yield return word[3..];
            }
        }
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (int at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            char quote = text[at] is '\'' or '"' ? text[at++] : ' ';
            int end = quote == ' ' ? EndOfWord(text, at) : text.IndexOf(quote, at);
            end = end < 0 ? text.Length : end;
            words.Add(text[at..end]);
            at = end + 1;
        }

        return words;
    }

    private static int EndOfWord(string text, int at)
    {
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }
}
