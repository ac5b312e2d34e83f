using System.Globalization;

namespace GoCross.Builds;

/// <summary>What the go command said, short enough for a message.</summary>
internal static class GoErrorText
{
    private static readonly string[] Progress = ["go: downloading ", "go: extracting ", "go: finding "];

    /// <summary>The text without what merely told of progress; the exit status where it said nothing else.</summary>
    internal static string Of(string standardError, int exitCode)
    {
        string[] lines = [.. standardError.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !IsProgress(line))];
        return lines.Length == 0
            ? string.Format(CultureInfo.CurrentCulture, "exit status {0}", exitCode)
            : string.Join("\n", lines);
    }

    /// <summary>Whether a line only tells what the go command is doing.</summary>
    internal static bool IsProgress(string line) =>
        Progress.Any(start => line.StartsWith(start, StringComparison.Ordinal));
}
