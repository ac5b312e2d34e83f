using GoCross.Builds.Hosts;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>The go build command of one build: what is run, and what is told of it.</summary>
public sealed class BuildCommand
{
    private readonly IGoHost _host;
    private readonly IReadOnlyList<string> _flags;
    private readonly PlannedBuild _build;
    private readonly IReadOnlyList<string> _removed;

    internal BuildCommand(
        IGoHost host,
        string go,
        PlannedBuild build,
        IReadOnlyList<string> flags,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> removed,
        CCompiler? compiler)
    {
        _host = host;
        Go = go;
        _build = build;
        _flags = flags;
        Environment = environment;
        _removed = removed;
        Compiler = compiler?.Path;
    }

    /// <summary>The full path of the go command.</summary>
    public string Go { get; }

    /// <summary>The full path of the C compiler, or null where there is no C code to compile.</summary>
    public string? Compiler { get; }

    /// <summary>
    /// The variables that decide the result: those that are set, and those of the caller's that were honoured. A chosen
    /// list, not the whole environment; but what the caller wrote into one of them, such as a value for -X in GOFLAGS, is
    /// told as it stands, as it is in the program.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The command, a word an item, as one would type it to get the same program.</summary>
    public IReadOnlyList<string> CommandLine => Arguments(_build.OutputPath).Prepend(Go).ToArray();

    /// <summary>The variables and the command in one line, quoted for a POSIX shell.</summary>
    public override string ToString() => string.Join(
        ' ', Environment.Select(pair => $"{pair.Key}={ShellText.Quote(pair.Value)}").Concat(CommandLine.Select(ShellText.Quote)));

    /// <summary>What to run.</summary>
    /// <param name="work">Where go writes the program, and what the linker and the compilers need meanwhile.</param>
    /// <param name="onLine">Gets each line of output.</param>
    internal ProcessRequest ToRequest(IGoWorkFolder work, Action<string> onLine)
    {
        Dictionary<string, string?> environment = GoToolchain.EnvironmentOf(_host, Go);
        foreach (string name in _removed)
        {
            environment[name] = null;
        }

        foreach ((string name, string value) in Environment)
        {
            environment[name] = value;
        }

        environment["GOTMPDIR"] = work.Path;
        environment["TMPDIR"] = work.Path;
        environment["TMP"] = work.Path;

        // Messages of C compilers are read by us; in another language they could not be.
        environment["LC_ALL"] = "C";
        return new ProcessRequest
        {
            FileName = Go,
            Arguments = [.. Arguments(work.OutputPath)],
            WorkingDirectory = _host.PathOf(_build.Package.WorkingDirectory),
            Environment = environment,
            OnOutputLine = onLine,
            OnErrorLine = onLine,
        };
    }

    private IEnumerable<string> Arguments(string outputPath) =>
        ["build", .. _flags, "-o", outputPath, "--", _build.Package.Argument];
}
