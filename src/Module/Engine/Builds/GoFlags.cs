using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// The flags that a build gives to go build. A flag on the command line takes the place of the same one in GOFLAGS, so
/// tags and linker flags that stand there are carried over: what the user set for all go commands holds for ours.
/// </summary>
internal sealed class GoFlags
{
    private static readonly string[] StaticLinkTags = ["netgo", "osusergo", "sqlite_omit_load_extension"];

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

    /// <summary>All flags of a build but -o.</summary>
    /// <param name="build">The build.</param>
    /// <param name="compiler">The C compiler; null for none.</param>
    /// <param name="jobs">For -p; null for go's own choice.</param>
    /// <exception cref="GoCrossException">FlagsUnquotable.</exception>
    internal IReadOnlyList<string> For(PlannedBuild build, CCompiler? compiler, int? jobs)
    {
        List<string> flags = [_options.TrimPath ? "-trimpath" : "-trimpath=false", "-buildvcs=" + _options.BuildVcs];
        if (jobs is { } count)
        {
            flags.AddRange(["-p", $"{count}"]);
        }

        if (_options.Mod is { } mod)
        {
            flags.Add("-mod=" + mod);
        }

        if (_options.BuildMode is { } mode)
        {
            flags.Add("-buildmode=" + mode);
        }

        if (_options.Race)
        {
            flags.Add("-race");
        }

        if (_options.GcFlags.Length > 0)
        {
            flags.AddRange(["-gcflags", _options.GcFlags]);
        }

        if (TagsFor(build.Strategy) is { Count: > 0 } tags)
        {
            flags.AddRange(["-tags", string.Join(',', tags)]);
        }

        if (LinkerFlagsFor(build.Strategy, CrossPlatform.Of(build.Target)?.GlibcLoader, compiler) is { Length: > 0 } linkerFlags)
        {
            flags.AddRange(["-ldflags", linkerFlags]);
        }

        return flags;
    }

    /// <summary>Whether the C linker was asked for, beside what the strategy asks for.</summary>
    internal bool AsksForExternalLinker => _linkerFlags.Exists(flag => flag.Contains("external", StringComparison.Ordinal));

    /// <summary>The build tags for a strategy, each once.</summary>
    internal IReadOnlyList<string> TagsFor(BuildStrategy strategy) =>
        [.. (BuildSetting.IsStaticLink(strategy) ? StaticLinkTags : []).Concat(_tags).Distinct()];

    /// <summary>The value of -ldflags for a strategy; empty where there is nothing to say.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="glibcLoader">The loader to name in a program that is linked with glibc.</param>
    /// <param name="compiler">The C compiler that links, where one does.</param>
    /// <exception cref="GoCrossException">FlagsUnquotable.</exception>
    internal string LinkerFlagsFor(BuildStrategy strategy, string? glibcLoader, CCompiler? compiler)
    {
        List<string> words = _options.Strip ? ["-s", "-w"] : [];
        foreach ((string name, string value) in _options.Defines)
        {
            words.Add("-X");
            words.Add($"{name}={value}");
        }

        if (BuildSetting.IsStaticLink(strategy))
        {
            // The last -extldflags wins, so the user's are put into ours.
            List<string> rest = TakeExternalFlags(_linkerFlags, out List<string> external);
            words.AddRange(rest);
            words.AddRange(["-linkmode", "external", "-extldflags", string.Join(' ', ExternalFlags(compiler).Concat(external))]);
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

    /// <summary>zig's driver ignores the -s that Go's linker gives it; its linker does not.</summary>
    private IEnumerable<string> ExternalFlags(CCompiler? compiler) =>
        compiler is { IsZig: true } && _options.Strip ? ["-static", "-Wl,--strip-all"] : ["-static"];

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
