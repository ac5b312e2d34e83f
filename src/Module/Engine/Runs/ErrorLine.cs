using System.Text.RegularExpressions;

namespace GoCross.Runs;

/// <summary>Finds the line in which a program says why it gives up.</summary>
internal static partial class ErrorLine
{
    /// <summary>
    /// The line: that of a panic or of a fatal error of Go's runtime; otherwise the first one that speaks of an error, or
    /// the first one of all. The last one is as a rule the end of a stack or of a usage text.
    /// </summary>
    /// <param name="text">What the program wrote to standard error.</param>
    /// <returns>Null where it wrote nothing.</returns>
    internal static string? Of(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(lines, line => Fatal().IsMatch(line))
            ?? Array.Find(lines, line => Failure().IsMatch(line))
            ?? lines.FirstOrDefault();
    }

    [GeneratedRegex("^(panic: |fatal error: |runtime: out of memory)")]
    private static partial Regex Fatal();

    [GeneratedRegex(
        "\\b(error|fatal|failed|failure|cannot|can't|could not|unable|denied|refused|no such|not found|not defined|invalid|unknown|unexpected)\\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Failure();
}
