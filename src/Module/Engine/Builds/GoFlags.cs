using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>
/// The flags that a build gives to go build. A flag on the command line takes the place of the same one in GOFLAGS, so
/// tags and linker flags that stand there are carried over: what the user set for all go commands holds for ours.
/// </summary>
internal sealed class GoFlags
{
    private static readonly string[] MuslTags = ["netgo", "osusergo", "sqlite_omit_load_extension"];

    private readonly BuildOptions _options;
    private readonly List<string> _tags;
    private readonly List<string> _linkerFlags;

    /// <summary>Reads what the user wants.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="environmentFlags">GOFLAGS.</param>
    /// <exception cref="GoCrossException">FlagsUnclosed; DefineInvalid.</exception>
    internal GoFlags(BuildOptions options, string environmentFlags)
    {
        _options = options;
        string tags = string.Empty;
        string linkerFlags = string.Empty;
        foreach (string flag in Split(environmentFlags, "GOFLAGS"))
        {
            // GOFLAGS holds -name=value only; a package pattern before the linker's flags is not for the main package.
            string name = flag.TrimStart('-');
            if (name.StartsWith("tags=", StringComparison.Ordinal))
            {
                tags = name["tags=".Length..];
            }
            else if (name.StartsWith("ldflags=-", StringComparison.Ordinal))
            {
                linkerFlags = name["ldflags=".Length..];
            }
        }

        _tags = [.. tags.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries), .. options.Tags.SelectMany(tag => tag.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))];
        _linkerFlags = [.. Split(linkerFlags, "GOFLAGS"), .. Split(options.LdFlags, "-LdFlags")];
        foreach ((string name, string value) in options.Defines)
        {
            // The linker wants importpath.name, split at the last dot of what is before the first equals sign.
            int dot = name.LastIndexOf('.');
            if (dot <= 0 || dot == name.Length - 1 || name.AsSpan().ContainsAny("= \t\n"))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.DefineInvalid), name, value);
            }
        }
    }

    /// <summary>The build tags for a strategy, each once.</summary>
    internal IReadOnlyList<string> TagsFor(BuildStrategy strategy) =>
        [.. (strategy == BuildStrategy.Musl ? MuslTags : []).Concat(_tags).Distinct()];

    /// <summary>The value of -ldflags for a strategy; empty where there is nothing to say.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="glibcLoader">The loader to name in a program that is linked with glibc.</param>
    /// <exception cref="GoCrossException">FlagsUnquotable.</exception>
    internal string LinkerFlagsFor(BuildStrategy strategy, string? glibcLoader)
    {
        List<string> words = _options.Strip ? ["-s", "-w"] : [];
        foreach ((string name, string value) in _options.Defines)
        {
            words.Add("-X");
            words.Add($"{name}={value}");
        }

        if (strategy == BuildStrategy.Musl)
        {
            // The last -extldflags wins, so the user's are put into ours.
            List<string> rest = TakeExternalFlags(_linkerFlags, out List<string> external);
            words.AddRange(rest);
            words.AddRange(["-linkmode", "external", "-extldflags", string.Join(' ', external.Prepend("-static"))]);
        }
        else
        {
            words.AddRange(_linkerFlags);
            if (strategy == BuildStrategy.Glibc && glibcLoader is not null && !_linkerFlags.Exists(NamesLoader))
            {
                // Go's own linker names musl's loader where the build machine has that one and not glibc's. A user who
                // names one has a reason, such as a system that keeps it elsewhere.
                words.AddRange(["-I", glibcLoader]);
            }
        }

        return GoQuoting.TryJoin(words, out string? text)
            ? text
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.FlagsUnquotable));
    }

    private static bool NamesLoader(string flag) => flag.TrimStart('-') is "I" || flag.TrimStart('-').StartsWith("I=", StringComparison.Ordinal);

    private static List<string> TakeExternalFlags(List<string> flags, out List<string> external)
    {
        const string Name = "extldflags";
        List<string> rest = [];
        external = [];
        for (int i = 0; i < flags.Count; i++)
        {
            string name = flags[i].TrimStart('-');
            if (name == Name && i + 1 < flags.Count)
            {
                external.Add(flags[++i]);
            }
            else if (name.StartsWith(Name + "=", StringComparison.Ordinal))
            {
                external.Add(name[(Name.Length + 1)..]);
            }
            else
            {
                rest.Add(flags[i]);
            }
        }

        return rest;
    }

    private static List<string> Split(string text, string source) => GoQuoting.TrySplit(text, out List<string> words)
        ? words
        : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.FlagsUnclosed), source, text);
}
