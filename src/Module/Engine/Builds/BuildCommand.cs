using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>The go build command of one build: what is run, and what is told of it.</summary>
public sealed class BuildCommand
{
    private readonly GoToolchain _toolchain;
    private readonly BuildRequest _request;
    private readonly IReadOnlyList<string> _removed;
    private readonly bool _hasOverlay;

    internal BuildCommand(
        GoToolchain toolchain,
        BuildRequest request,
        IReadOnlyList<string> flags,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> removed,
        CCompiler? compiler,
        bool hasOverlay)
    {
        _toolchain = toolchain;
        _request = request;
        Flags = flags;
        Environment = environment;
        _removed = removed;
        Compiler = compiler?.Path;
        _hasOverlay = hasOverlay;
    }

    /// <summary>The full path of the go command.</summary>
    public string Go => _toolchain.Command;

    /// <summary>The flags but -C, -overlay and -o.</summary>
    internal IReadOnlyList<string> Flags { get; }

    /// <summary>The full path of the C compiler, or null where there is no C code to compile.</summary>
    public string? Compiler { get; }

    /// <summary>
    /// The variables that decide the result: those that are set, and those of the caller's that were honoured. A chosen
    /// list, not the whole environment; what the caller wrote into one of them, such as a value for -X in GOFLAGS, is
    /// told as it stands, as it is in the program. A variable that is not on the list is reported by its name alone.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The command, a word an item, as one would type it anywhere to get the same program.</summary>
    public IReadOnlyList<string> CommandLine => Arguments(
        ["-C", _toolchain.Host.PathOf(_request.Package.WorkingDirectory)],
        _request.OutputPath,
        _hasOverlay ? EmbeddedRoots.ReportedOverlay : null,
        [_request.Package.Argument]).Prepend(Go).ToArray();

    /// <summary>The variables and the command in one line, for PowerShell and for a POSIX shell.</summary>
    public override string ToString() => ShellText.Command(Environment, CommandLine);

    /// <summary>What to run.</summary>
    /// <param name="packages">The packages: this build's, and others that are built with the same flags.</param>
    /// <param name="work">Where go writes the programs, and what the linker and the compilers need meanwhile.</param>
    /// <param name="overlay">The overlay, where go runs; null for none.</param>
    /// <param name="ignored">A file of what git is not to see in the source; null for none.</param>
    /// <param name="cache">A build cache of its own, where go runs; null for the user's.</param>
    /// <param name="onLine">Gets each line of output.</param>
    internal ProcessRequest ToRequest(IReadOnlyList<GoPackage> packages, IGoWorkFolder work, string? overlay, string? ignored, string? cache, Action<string> onLine)
    {
        Dictionary<string, string?> environment = Variables();
        if (cache is not null)
        {
            environment["GOCACHE"] = cache;
        }

        environment["GOTMPDIR"] = work.Path;
        environment["TMPDIR"] = work.Path;
        environment["TMP"] = work.Path;

        if (ignored is not null)
        {
            StampedSource.Ignore(environment, ignored);
        }

        // Messages of C compilers are read by us; in another language they could not be.
        environment["LC_ALL"] = "C";
        return new ProcessRequest
        {
            FileName = Go,
            Arguments = [.. Arguments([], work.OutputPath, overlay, [.. packages.Select(package => ArgumentOf(package, packages.Count))])],
            WorkingDirectory = _toolchain.Host.PathOf(_request.Package.WorkingDirectory),
            Environment = environment,
            OnOutputLine = onLine,
            OnErrorLine = onLine,
        };
    }

    /// <summary>A question to go about what this build compiled, with its flags and variables: the cache has the answer.</summary>
    /// <param name="arguments">What to ask.</param>
    internal ProcessRequest ToListRequest(IReadOnlyList<string> arguments)
    {
        Dictionary<string, string?> environment = Variables();
        if (environment.GetValueOrDefault("GOFLAGS") is { } flags)
        {
            environment["GOFLAGS"] = new GoFlagsVariable(flags).ForCompiled;
        }

        int linker = Array.IndexOf([.. Flags], "-ldflags");
        return new ProcessRequest
        {
            FileName = Go,
            Arguments =
            [
                "list", .. Flags.Where((flag, i) => i != linker && (linker < 0 || i != linker + 1)), .. arguments, "--", _request.Package.Argument,
            ],
            WorkingDirectory = _toolchain.Host.PathOf(_request.Package.WorkingDirectory),
            Environment = environment,
        };
    }

    /// <summary>What go build is given for a package. A folder of several is named in full: they are built from one folder.</summary>
    private static string ArgumentOf(GoPackage package, int count) =>
        count == 1 || package.Argument != "." ? package.Argument : package.Directory;

    private Dictionary<string, string?> Variables()
    {
        Dictionary<string, string?> environment = _toolchain.BaseEnvironment();
        foreach (string name in _removed)
        {
            environment[name] = null;
        }

        foreach ((string name, string value) in Environment)
        {
            if (value != BuildEnvironment.Masked)
            {
                environment[name] = value;
            }
        }

        return environment;
    }

    private IEnumerable<string> Arguments(
        IEnumerable<string> first, string outputPath, string? overlay, IEnumerable<string> packages) =>
    [
        "build", .. first, .. Flags, .. overlay is null ? [] : (string[])["-overlay", overlay], "-o", outputPath, "--", .. packages,
    ];
}
