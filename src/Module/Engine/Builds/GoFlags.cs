using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// The flags that a build gives to go build. A flag on the command line takes the place of the same one in GOFLAGS, which
/// is the user's word: only what a parameter says is put there, what a strategy cannot do without, and defaults of which
/// GOFLAGS says nothing. Tags and linker flags are one list each, so those of GOFLAGS are joined with the strategy's.
/// </summary>
internal sealed class GoFlags
{
    private const string Pie = "pie";

    private static readonly string[] StaticLinkTags = ["netgo", "osusergo", "sqlite_omit_load_extension"];

    private readonly BuildOptions _options;
    private readonly GoFlagsVariable _variable;
    private readonly string[] _tags;

    /// <summary>Reads what the user wants.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="environmentFlags">GOFLAGS.</param>
    /// <exception cref="GoCrossException">FlagsUnclosed; DefineInvalid; FlagsBuildNothing.</exception>
    internal GoFlags(BuildOptions options, string environmentFlags)
    {
        _options = options;
        _variable = new GoFlagsVariable(environmentFlags);
        if (_variable.IsSet("n") == true)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.FlagsBuildNothing), environmentFlags);
        }

        _tags =
        [
            .. (options.Tags.Count > 0 ? options.Tags : [_variable.Last("tags") ?? string.Empty])
                .SelectMany(tag => tag.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)),
            .. options.EmbedsTimeZones ? (string[])["timetzdata"] : [],
        ];
        Words(options.LdFlags ?? string.Empty, "-LdFlags");
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

    /// <summary>Whether position-independent code is asked for, by a parameter or by GOFLAGS.</summary>
    internal bool IsPie => (_options.BuildMode ?? _variable.Last("buildmode")) == Pie;

    /// <summary>Whether the race detector is asked for, by a parameter or by GOFLAGS.</summary>
    internal bool IsRace => _options.Race ?? _variable.IsSet("race") == true;

    /// <summary>Whether GOFLAGS asks for a sanitizer, which C compilers have for glibc alone.</summary>
    internal bool HasSanitizer => _variable.IsSet("asan") == true || _variable.IsSet("msan") == true;

    /// <summary>Whether go is to print the commands that it runs.</summary>
    internal bool ShowsCommands => _variable.IsSet("x") == true;

    /// <summary>GOFLAGS, as go build is to get it.</summary>
    internal string VariableForBuilds => _variable.ForBuilds;

    /// <summary>The file that maps paths of the source to others; null for none.</summary>
    internal string? Overlay => _variable.Last("overlay") is { Length: > 0 } overlay ? overlay : null;

    /// <summary>All flags of a build but -o.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="glibcLoader">The loader to name in a program that is linked with glibc.</param>
    /// <param name="compiler">The C compiler; null for none.</param>
    /// <param name="jobs">For -p; null for go's own choice.</param>
    /// <param name="package">The package; null for any that is named to go.</param>
    /// <exception cref="GoCrossException">FlagsUnquotable; FlagsUnclosed.</exception>
    internal IReadOnlyList<string> For(
        BuildStrategy strategy, string? glibcLoader, CCompiler? compiler, int? jobs, GoPackage? package)
    {
        List<string> flags = [];
        if (_options.TrimPath is { } trims)
        {
            flags.Add(trims ? "-trimpath" : "-trimpath=false");
        }
        else if (!_variable.Has("trimpath"))
        {
            flags.Add("-trimpath");
        }

        if (_options.BuildVcs is { } stamps)
        {
            flags.Add("-buildvcs=" + stamps);
        }

        if (jobs is { } count && !_variable.Has("p"))
        {
            flags.AddRange(["-p", $"{count}"]);
        }

        flags.AddRange(ModuleFlags());
        if (_options.BuildMode is { } mode)
        {
            flags.Add("-buildmode=" + mode);
        }

        if (_options.GcFlags is { } compilerFlags)
        {
            flags.AddRange(["-gcflags", compilerFlags]);
        }

        if (TagsFor(strategy) is { Count: > 0 } tags)
        {
            flags.AddRange(["-tags", string.Join(',', tags)]);
        }

        string linkerFlags = LinkerFlagsFor(strategy, glibcLoader, compiler, package);
        if (linkerFlags.Length > 0 || _options.LdFlags is not null)
        {
            flags.AddRange(["-ldflags", linkerFlags]);
        }

        return flags;
    }

    /// <summary>The flags of a question to go about packages: what decides on files and modules, beside GOFLAGS.</summary>
    /// <param name="strategy">The strategy.</param>
    internal IReadOnlyList<string> ForQuestion(BuildStrategy strategy) =>
    [
        .. TagsFor(strategy) is { Count: > 0 } tags ? (string[])["-tags=" + string.Join(',', tags)] : [],
        .. ModuleFlags(),
    ];

    /// <summary>The words of GOFLAGS that hold for a package: those that no parameter takes the place of.</summary>
    /// <param name="package">The package.</param>
    internal IReadOnlyList<string> TakenFor(GoPackage package)
    {
        Dictionary<string, bool> replaced = new(StringComparer.Ordinal)
        {
            ["tags"] = _options.Tags.Count > 0,
            ["ldflags"] = _options.LdFlags is not null,
            ["gcflags"] = _options.GcFlags is not null,
            ["trimpath"] = _options.TrimPath is not null,
            ["buildvcs"] = _options.BuildVcs is not null,
            ["mod"] = _options.Mod is not null,
            ["buildmode"] = _options.BuildMode is not null,
            ["race"] = _options.Race is not null,
            ["json"] = true,
            ["o"] = true,
        };
        return
        [
            .. _variable.Words
                .Where(flag => !replaced.GetValueOrDefault(flag.Name) && (flag.Name != "ldflags" || IsFor(flag.Word, package)))
                .Select(flag => flag.Word),
        ];
    }

    /// <summary>Whether the C linker was asked for, beside what the strategy asks for.</summary>
    internal bool AsksForExternalLinker(GoPackage package) =>
        UsersLinkerFlags(package).Exists(flag => flag.Contains("external", StringComparison.Ordinal));

    /// <summary>The build tags for a strategy, each once.</summary>
    internal IReadOnlyList<string> TagsFor(BuildStrategy strategy) =>
        [.. (IsStaticLink(strategy) ? StaticLinkTags : []).Concat(_tags).Distinct()];

    /// <summary>The value of -ldflags for a strategy; empty where there is nothing to say.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="glibcLoader">The loader to name in a program that is linked with glibc.</param>
    /// <param name="compiler">The C compiler that links, where one does.</param>
    /// <param name="package">The package that is linked; null for any that is named to go.</param>
    /// <exception cref="GoCrossException">FlagsUnquotable; FlagsUnclosed.</exception>
    internal string LinkerFlagsFor(BuildStrategy strategy, string? glibcLoader, CCompiler? compiler, GoPackage? package = null)
    {
        List<string> users = UsersLinkerFlags(package);
        List<string> words = _options.Strip ? ["-s", "-w"] : [];
        if (IsStaticLink(strategy))
        {
            // The last -extldflags wins, so the user's are put into ours.
            List<string> rest = TakeExternalFlags(users, out List<string> external);
            words.AddRange(rest);
            words.AddRange(["-linkmode", "external", "-extldflags", string.Join(' ', ExternalFlags(strategy, compiler).Concat(external))]);
        }
        else
        {
            words.AddRange(users);
            if (strategy == BuildStrategy.Glibc && glibcLoader is not null && !users.Exists(NamesLoader))
            {
                // Go's own linker names musl's loader where the build machine has that one and not glibc's. A user who
                // names one has a reason, such as a system that keeps it elsewhere.
                words.AddRange(["-I", glibcLoader]);
            }
        }

        foreach ((string name, string value) in _options.Defines)
        {
            words.Add("-X");
            words.Add($"{name}={value}");
        }

        return GoQuoting.TryJoin(words, out string? text)
            ? text
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.FlagsUnquotable));
    }

    /// <summary>Whether the C library goes into the program.</summary>
    internal static bool IsStaticLink(BuildStrategy strategy) => strategy is BuildStrategy.Musl or BuildStrategy.GlibcStatic;

    private IEnumerable<string> ModuleFlags()
    {
        if (_options.Mod is { } mod)
        {
            yield return "-mod=" + mod;
        }

        if (_options.Race is { } race)
        {
            yield return race ? "-race" : "-race=false";
        }
    }

    /// <summary>The user's flags for the linker of a package: the last that is for it (PerPackageFlag.For).</summary>
    private List<string> UsersLinkerFlags(GoPackage? package)
    {
        List<string> values = [.. _options.LdFlags is { } given ? (string[])[given] : _variable.All("ldflags")];
        foreach (string value in Enumerable.Reverse(values))
        {
            PackagePattern.Split(value, out string? pattern, out string flags);
            if (package is null ? pattern is null or "all" : PackagePattern.Matches(pattern, package))
            {
                return Words(flags, _options.LdFlags is null ? "GOFLAGS" : "-LdFlags");
            }
        }

        return [];
    }

    private static bool IsFor(string word, GoPackage package)
    {
        PackagePattern.Split(word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..], out string? pattern, out _);
        return PackagePattern.Matches(pattern, package);
    }

    /// <summary>zig's driver ignores the -s that Go's linker gives it; its linker does not.</summary>
    private IEnumerable<string> ExternalFlags(BuildStrategy strategy, CCompiler? compiler)
    {
        yield return strategy == BuildStrategy.GlibcStatic && IsPie ? "-static-pie" : "-static";
        if (compiler is { IsZig: true } && _options.Strip)
        {
            yield return "-Wl,--strip-all";
        }
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

    private static List<string> Words(string text, string source) => GoQuoting.TrySplit(text, out List<string> words)
        ? words
        : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.FlagsUnclosed), source, text);
}
