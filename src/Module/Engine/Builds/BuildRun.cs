using GoCross.Formatting;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>What go prints in one build, on two streams and so on two threads, and how it ended.</summary>
internal sealed class BuildRun(BuildOutputParser parser, Action<string>? onLine)
{
    private readonly object _gate = new();

    /// <summary>Whether go ended with an error.</summary>
    internal bool Failed { get; private set; }

    /// <summary>How long go ran.</summary>
    internal TimeSpan Duration { get; private set; }

    /// <summary>The errors, at least one where it failed.</summary>
    internal IReadOnlyList<BuildDiagnostic> Errors { get; private set; } = [];

    /// <summary>The warnings.</summary>
    internal IReadOnlyList<BuildDiagnostic> Warnings { get; private set; } = [];

    /// <summary>The warnings that a program has: its own, and those of packages that it may share with others.</summary>
    internal IReadOnlyList<BuildDiagnostic> WarningsFor(GoPackage package) =>
        [.. Warnings.Where(warning => warning.Package is null || warning.Package == package.ImportPath || !parser.IsMain(warning.Package))];

    /// <summary>Takes a line.</summary>
    internal void Add(string line)
    {
        lock (_gate)
        {
            parser.Add(line);
        }

        onLine?.Invoke(line);
    }

    /// <summary>Adds to an error what somebody else says of it.</summary>
    internal void Explain(string words, string reason) => Errors =
    [
        .. Errors.Select(error => error.Message.Contains(words, StringComparison.Ordinal)
            ? error with { Message = $"{error.Message.Split('\n')[0]}: {reason}" }
            : error),
    ];

    /// <summary>Takes the end.</summary>
    internal void Complete(ProcessResult result)
    {
        lock (_gate)
        {
            Duration += result.Duration;
            Failed = result.ExitCode != 0;
            (Errors, Warnings) = parser.Complete(!Failed);
            if (Failed && Errors.Count == 0)
            {
                // Killed by somebody else, for example: it had no time to say anything.
                Errors = new[]
                {
                    new BuildDiagnostic
                    {
                        Severity = DiagnosticSeverity.Error,
                        Message = TextFormat.Fill(Texts.BuildSaidNothing, result.ExitCode),
                    },
                };
            }
        }
    }
}
