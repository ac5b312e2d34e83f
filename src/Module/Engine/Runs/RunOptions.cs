using System.Text.RegularExpressions;

namespace GoCross.Runs;

/// <summary>How programs are run, and what is expected of them.</summary>
public sealed record RunOptions
{
    /// <summary>The most bytes that are kept of each stream: one half from the beginning, the other from the end.</summary>
    public const int OutputLimit = 1024 * 1024;

    /// <summary>How long the output is compared with <see cref="ExpectedOutput"/> before that is given up.</summary>
    public static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(10);

    /// <summary>The arguments, one an item, as the program will see them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What it reads from standard input; null for nothing, as if nobody were there.</summary>
    public string? Input { get; init; }

    /// <summary>The file that it reads from standard input instead, as a full path; null for <see cref="Input"/>.</summary>
    public string? InputPath { get; init; }

    /// <summary>How one knows that a server is ready, which is asked to end then; null for a program that ends by itself.</summary>
    public Readiness? Readiness { get; init; }

    /// <summary>How long it may run; with <see cref="Readiness"/> how long it may take to be ready.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The exit codes of a success.</summary>
    public IReadOnlyList<int> ExpectedExitCodes { get; init; } = [0];

    /// <summary>What either stream has to match; null for anything. Made with <see cref="MatchLimit"/>.</summary>
    public Regex? ExpectedOutput { get; init; }

    /// <summary>Variables to set over the inherited environment; null takes one out.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The directory it starts in, as a full path.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The directory that stands for the root of a foreign system, as a full path; null to look for one.</summary>
    public string? SysRoot { get; init; }

    /// <summary>The value that a variable will have for the program; null where it has none.</summary>
    internal string? Variable(string name) =>
        Environment.TryGetValue(name, out string? value) ? value : System.Environment.GetEnvironmentVariable(name);
}
