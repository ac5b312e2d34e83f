using System.Globalization;
using System.Text.RegularExpressions;

namespace GoCross.Builds;

/// <summary>
/// Reads what go build prints: the go command's own messages, those of Go's compiler and linker, and those of gcc,
/// clang, as and ld that it passes on. One build, one parser; lines come in the order printed.
/// </summary>
/// <param name="mains">The packages: file names are relative to the directory that go build runs in, that of the first.</param>
/// <param name="goRoot">Where the toolchain's files are.</param>
/// <param name="showsCommands">Whether go prints the commands that it runs among its messages (-x).</param>
internal sealed partial class BuildOutputParser(IReadOnlyList<GoPackage> mains, string goRoot, bool showsCommands = false)
{
    private readonly List<Entry> _entries = [];
    private string? _package;
    private Entry? _open;
    private bool _echoFollows;
    private bool _ofPkgConfig;

    /// <summary>Whether a package is one of those that are built, and not one that they import.</summary>
    internal bool IsMain(string importPath) => mains.Any(main => main.ImportPath == importPath);

    /// <summary>Takes one line.</summary>
    internal void Add(string line)
    {
        bool isEcho = _echoFollows;
        _echoFollows = false;
        if (string.IsNullOrWhiteSpace(line) || GoErrorText.IsProgress(line))
        {
            _open = null;
        }
        else if (line.StartsWith("# ", StringComparison.Ordinal))
        {
            // "# package", or "# package [package.test]"; "# [pkg-config --cflags -- x]" is what was run for it.
            _package = line[2] == '[' ? _package : line[2..].Split(' ')[0];
            _open = null;
            _ofPkgConfig = line.StartsWith("# [pkg-config", StringComparison.Ordinal);
        }
        else if (line[0] == '\t' || line.StartsWith("note: ", StringComparison.Ordinal))
        {
            if (_open is { Lines: [var chain] } && chain.StartsWith("package ", StringComparison.Ordinal))
            {
                // The way to an import that is not allowed: one message, whose last line says what is wrong.
                _open.Lines[0] = $"{chain} {line.Trim()}";
            }
            else
            {
                _open?.Lines.Add(line.Trim());
            }
        }
        else if (line[0] == ' ')
        {
            // gcc's excerpt of the source, or where a header was included from.
        }
        else if (!isEcho)
        {
            AddMessage(line);
        }
    }

    /// <summary>What was found.</summary>
    /// <param name="succeeded">
    /// Whether go build succeeded: what bears no mark is an error of a build that failed; of one that succeeded it is
    /// what -v or -x in GOFLAGS asked for.
    /// </param>
    internal (IReadOnlyList<BuildDiagnostic> Errors, IReadOnlyList<BuildDiagnostic> Warnings) Complete(bool succeeded)
    {
        List<BuildDiagnostic> errors = [];
        List<BuildDiagnostic> warnings = [];
        foreach (Entry entry in _entries)
        {
            if (entry.Summary || (succeeded && entry.Severity is null) || (showsCommands && entry.IsUnmarked))
            {
                continue;
            }

            DiagnosticSeverity severity = succeeded ? DiagnosticSeverity.Warning : entry.Severity ?? DiagnosticSeverity.Error;
            BuildDiagnostic diagnostic = entry.ToDiagnostic(severity);
            List<BuildDiagnostic> list = severity == DiagnosticSeverity.Error ? errors : warnings;
            if (!list.Contains(diagnostic))
            {
                list.Add(diagnostic);
            }
        }

        // "ld returned 1 exit status" says something only where nothing else does.
        if (!succeeded && errors.Count == 0)
        {
            errors.AddRange(_entries.Where(entry => entry.Summary).Select(entry => entry.ToDiagnostic(DiagnosticSeverity.Error)));
        }

        return (errors, warnings);
    }

    private void AddMessage(string line)
    {
        _open = null;
        if (_ofPkgConfig)
        {
            Open(new Entry { Package = _package, Severity = DiagnosticSeverity.Error, Lines = { "pkg-config: " + line } });
            return;
        }

        if (RunningFailed().IsMatch(line))
        {
            // Go's linker says so, and prints the whole command in the next line.
            _echoFollows = true;
            Open(new Entry { Package = _package, Lines = { line }, Summary = true });
            return;
        }

        string text = line;
        DiagnosticSeverity? toolSeverity = null;
        if (Tool().Match(line) is { Success: true } tool)
        {
            text = tool.Groups["message"].Value;
            toolSeverity = SeverityOf(tool.Groups["severity"].Value);
        }

        if (Place().Match(text) is { Success: true } place)
        {
            AddPlaced(place);
        }
        else if (UndefinedReference().Match(text) is { Success: true } reference)
        {
            // ld has no line where there is no debug information: main.c:(.text+0x5): undefined reference to `f'
            Open(new Entry
            {
                Package = _package,
                File = FileOf(reference.Groups["file"].Value),
                Severity = DiagnosticSeverity.Error,
                Lines = { reference.Groups["message"].Value },
            });
        }
        else if (!IsContext(text))
        {
            // ld passes a library of another machine over, and goes on looking.
            bool summary = ReturnedStatus().IsMatch(text) || text.StartsWith("skipping incompatible ", StringComparison.Ordinal);
            string message = text.StartsWith("go: ", StringComparison.Ordinal) ? text[4..] : text;
            DiagnosticSeverity? severity = toolSeverity;
            if (message.StartsWith("warning: ", StringComparison.Ordinal))
            {
                severity = DiagnosticSeverity.Warning;
                message = message["warning: ".Length..];
            }

            Open(new Entry
            {
                Package = _package,
                Severity = severity,
                Lines = { message },
                Summary = summary,
                IsUnmarked = text == line && message == text,
            });
        }
    }

    /// <summary>
    /// Whether a line only tells where the next one is, "main.go: In function 'f':", that there were others before, or
    /// which package is compiled (go build -v).
    /// </summary>
    private static bool IsContext(string text) => text.EndsWith(':') || !text.Contains(' ', StringComparison.Ordinal)
        || text is "too many errors" or "compilation terminated."
        || text.StartsWith("In file included from ", StringComparison.Ordinal);

    private void AddPlaced(Match place)
    {
        string mark = place.Groups["severity"].Value;
        string message = place.Groups["message"].Value;
        if (mark == "note" || message == "too many errors")
        {
            return;
        }

        Open(new Entry
        {
            Package = _package,
            File = FileOf(place.Groups["file"].Value),
            Line = NumberOf(place.Groups["line"]),
            Column = NumberOf(place.Groups["column"]),
            Severity = SeverityOf(mark),
            Lines = { message },
        });
    }

    private void Open(Entry entry)
    {
        _entries.Add(entry);
        _open = entry;
    }

    private string FileOf(string printed)
    {
        if (printed.Contains('\0', StringComparison.Ordinal))
        {
            // A //line directive can hold anything; this is the name of no file.
            return printed;
        }

        // With -trimpath, what cgo compiles gets names such as /_/GOROOT/src/net/x.go and /_/example.com/x/hello.c.
        string name = Untrimmed(printed, "/_/GOROOT/", goRoot)
            ?? mains.Select(main => Untrimmed(printed, $"/_/{main.ImportPath}/", main.Directory)).FirstOrDefault(path => path is not null)
            ?? printed;
        string full = Path.GetFullPath(name, mains[0].WorkingDirectory);
        return File.Exists(full) ? full : printed;
    }

    private static string? Untrimmed(string printed, string prefix, string folder) =>
        printed.StartsWith(prefix, StringComparison.Ordinal) ? Path.Join(folder, printed[prefix.Length..]) : null;

    private static int? NumberOf(Group group) =>
        int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static DiagnosticSeverity? SeverityOf(string mark) => mark.ToUpperInvariant() switch
    {
        "WARNING" => DiagnosticSeverity.Warning,
        "ERROR" or "FATAL ERROR" => DiagnosticSeverity.Error,
        _ => null,
    };

    // file:line:column: message, the column and a mark before the message may be missing. C:\ begins a file, too.
    [GeneratedRegex(@"^(?<file>(?:[A-Za-z]:)?[^:]+):(?<line>\d+)(?::(?<column>\d+))?: (?:(?<severity>fatal error|[Ee]rror|[Ww]arning|note): )?(?<message>.+)$")]
    private static partial Regex Place();

    // gcc: error: message; /usr/bin/ld: message; aarch64-linux-gnu-gcc-12: fatal error: message
    [GeneratedRegex(@"^(?:[A-Za-z]:)?[^\s:]*?\b(?:gcc|g\+\+|cc|c\+\+|cc1|cc1plus|clang|clang\+\+|collect2|ld|lld|gold|as|zig)(?:[.-][\w.]+)?: (?:(?<severity>fatal error|error|warning): )?(?<message>.+)$")]
    private static partial Regex Tool();

    [GeneratedRegex(@"^(?:.*[\\/])?(?<file>[^:\\/]+):\([^)]*\): (?<message>undefined reference to .+)$")]
    private static partial Regex UndefinedReference();

    [GeneratedRegex(@"^.*\blink(\.exe)?: running .+ failed: ")]
    private static partial Regex RunningFailed();

    [GeneratedRegex(@"^(?:ld returned \d+ exit status|linker command failed with exit code .*)$")]
    private static partial Regex ReturnedStatus();

    /// <summary>A message while it is read: lines may follow, and what bears no mark is judged at the end.</summary>
    private sealed class Entry
    {
        internal string? Package { get; init; }

        internal string? File { get; init; }

        internal int? Line { get; init; }

        internal int? Column { get; init; }

        internal DiagnosticSeverity? Severity { get; init; }

        internal List<string> Lines { get; } = [];

        /// <summary>Whether it is a bare line: no place, no tool's name, and not go's own.</summary>
        internal bool IsUnmarked { get; init; }

        /// <summary>Whether it only says that something before it failed.</summary>
        internal bool Summary { get; init; }

        internal BuildDiagnostic ToDiagnostic(DiagnosticSeverity severity) => new()
        {
            Severity = severity,
            File = File,
            Line = Line,
            Column = Column,
            Message = string.Join('\n', Lines),
            Package = Package,
        };
    }
}
