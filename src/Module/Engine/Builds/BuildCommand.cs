using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>The go build command of one build: what is run, and what is told of it.</summary>
public sealed class BuildCommand
{
    private readonly GoToolchain _toolchain;
    private readonly IReadOnlyList<string> _flags;
    private readonly PlannedBuild _build;
    private readonly IReadOnlyList<string> _removed;
    private readonly bool _hasOverlay;

    internal BuildCommand(
        GoToolchain toolchain,
        PlannedBuild build,
        IReadOnlyList<string> flags,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> removed,
        CCompiler? compiler,
        bool hasOverlay)
    {
        _toolchain = toolchain;
        _build = build;
        _flags = flags;
        Environment = environment;
        _removed = removed;
        Compiler = compiler?.Path;
        _hasOverlay = hasOverlay;
    }

    /// <summary>The full path of the go command.</summary>
    public string Go => _toolchain.Command;

    /// <summary>The full path of the C compiler, or null where there is no C code to compile.</summary>
    public string? Compiler { get; }

    /// <summary>
    /// The variables that decide the result: those that are set, and those of the caller's that were honoured. A chosen
    /// list, not the whole environment; what the caller wrote into one of them, such as a value for -X in GOFLAGS, is
    /// told as it stands, as it is in the program. A variable that is not on the list is told by its name alone.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The command, a word an item, as one would type it to get the same program.</summary>
    public IReadOnlyList<string> CommandLine =>
        Arguments(_build.OutputPath, _hasOverlay ? EmbeddedRoots.ToldOverlay : null).Prepend(Go).ToArray();

    /// <summary>The variables and the command in one line, quoted for a POSIX shell.</summary>
    public override string ToString() => string.Join(
        ' ', Environment.Select(pair => $"{pair.Key}={ShellText.Quote(pair.Value)}").Concat(CommandLine.Select(ShellText.Quote)));

    /// <summary>What to run.</summary>
    /// <param name="work">Where go writes the program, and what the linker and the compilers need meanwhile.</param>
    /// <param name="overlay">The overlay, where go runs; null for none.</param>
    /// <param name="cache">A build cache of its own, where go runs; null for the user's.</param>
    /// <param name="onLine">Gets each line of output.</param>
    internal ProcessRequest ToRequest(IGoWorkFolder work, string? overlay, string? cache, Action<string> onLine)
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

        if (cache is not null)
        {
            environment["GOCACHE"] = cache;
        }

        environment["GOTMPDIR"] = work.Path;
        environment["TMPDIR"] = work.Path;
        environment["TMP"] = work.Path;

        // Messages of C compilers are read by us; in another language they could not be.
        environment["LC_ALL"] = "C";
        return new ProcessRequest
        {
            FileName = Go,
            Arguments = [.. Arguments(work.OutputPath, overlay)],
            WorkingDirectory = _toolchain.Host.PathOf(_build.Package.WorkingDirectory),
            Environment = environment,
            OnOutputLine = onLine,
            OnErrorLine = onLine,
        };
    }

    private IEnumerable<string> Arguments(string outputPath, string? overlay) =>
        ["build", .. _flags, .. overlay is null ? [] : (string[])["-overlay", overlay], "-o", outputPath, "--", _build.Package.Argument];
}
