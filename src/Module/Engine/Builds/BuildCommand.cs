using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>The go build command of one build: what is run, and what is told of it.</summary>
public sealed class BuildCommand
{
    private readonly IReadOnlyList<string> _flags;
    private readonly PlannedBuild _build;

    internal BuildCommand(
        string go,
        PlannedBuild build,
        IReadOnlyList<string> flags,
        IReadOnlyDictionary<string, string> environment,
        CCompiler? compiler)
    {
        Go = go;
        _build = build;
        _flags = flags;
        Environment = environment;
        Compiler = compiler?.Path;
    }

    /// <summary>The full path of the go command.</summary>
    public string Go { get; }

    /// <summary>The full path of the C compiler, or null where there is no C code to compile.</summary>
    public string? Compiler { get; }

    /// <summary>
    /// The variables that decide the result: those that are set, and those of the caller's that were honoured. A chosen
    /// list, so that no secret of the environment is told.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The command, a word an item, as one would type it to get the same program.</summary>
    public IReadOnlyList<string> CommandLine => [Go, .. Arguments(_build.OutputPath)];

    /// <summary>The variables and the command in one line, quoted for a POSIX shell.</summary>
    public override string ToString() => string.Join(
        ' ', Environment.Select(pair => $"{pair.Key}={ShellText.Quote(pair.Value)}").Concat(CommandLine.Select(ShellText.Quote)));

    /// <summary>What to run.</summary>
    /// <param name="outputPath">Where go writes the program.</param>
    /// <param name="temporaryDirectory">Where go, the linker and the compilers put what they need meanwhile.</param>
    /// <param name="onLine">Gets each line of output.</param>
    internal ProcessRequest ToRequest(string outputPath, string temporaryDirectory, Action<string> onLine)
    {
        var environment = Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        environment["GOTMPDIR"] = temporaryDirectory;
        environment[OperatingSystem.IsWindows() ? "TMP" : "TMPDIR"] = temporaryDirectory;

        // Messages of C compilers are read by us; in another language they could not be.
        environment["LC_ALL"] = "C";
        return new ProcessRequest
        {
            FileName = Go,
            Arguments = [.. Arguments(outputPath)],
            WorkingDirectory = _build.Package.WorkingDirectory,
            Environment = environment,
            OnOutputLine = onLine,
            OnErrorLine = onLine,
        };
    }

    private IEnumerable<string> Arguments(string outputPath) =>
        ["build", .. _flags, "-o", outputPath, "--", _build.Package.Argument];
}
