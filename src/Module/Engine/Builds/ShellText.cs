using System.Buffers;

namespace GoCross.Builds;

/// <summary>Words and commands as a POSIX shell takes them, and PowerShell, too.</summary>
internal static class ShellText
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,%");

    /// <summary>What means something between double quotes, to the one or the other.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create("\"$`\\!");

    /// <summary>
    /// A word, quoted where a shell would take it for something else. PowerShell breaks an option at a dot or a colon
    /// (about_Parsing). One with single quotes and with what double quotes leave its meaning is right in a POSIX shell only.
    /// </summary>
    internal static string Quote(string word) => word switch
    {
        { Length: > 0 } when word.AsSpan().IndexOfAnyExcept(Plain) < 0 && !(word[0] == '-' && word.AsSpan().ContainsAny('.', ':')) => word,
        _ when !word.Contains('\'', StringComparison.Ordinal) => $"'{word}'",
        _ when word.AsSpan().IndexOfAny(Special) < 0 => $"\"{word}\"",
        _ => "'" + word.Replace("'", @"'\''", StringComparison.Ordinal) + "'",
    };

    /// <summary>A command with its variables in one line, for the shells of this machine.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="words">The command.</param>
    internal static string Command(IReadOnlyCollection<KeyValuePair<string, string>> environment, IReadOnlyList<string> words) =>
        OperatingSystem.IsWindows() ? CommandForWindows(environment, words) : CommandForUnix(environment, words);

    /// <summary>A command for PowerShell and for a POSIX shell, with the variables that are set for it alone.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="words">The command.</param>
    internal static string CommandForUnix(IReadOnlyCollection<KeyValuePair<string, string>> environment, IReadOnlyList<string> words) =>
        string.Join(
            ' ',
            (environment.Count == 0 ? [] : environment.Select(pair => $"{pair.Key}={Quote(pair.Value)}").Prepend("env"))
                .Concat(words.Select(Quote)));

    /// <summary>
    /// A command for PowerShell on Windows, which has no env. Nothing there sets variables for one command and leaves its words as
    /// they are (cmd has quotes of its own, Start-Process joins the words), so that they stay set in the session.
    /// </summary>
    /// <param name="environment">The variables.</param>
    /// <param name="words">The command.</param>
    internal static string CommandForWindows(IReadOnlyCollection<KeyValuePair<string, string>> environment, IReadOnlyList<string> words)
    {
        string program = QuoteForPowerShell(words[0]);
        return string.Concat(environment.Select(pair => $"$env:{pair.Key} = '{Doubled(pair.Value)}'; "))
            + string.Join(' ', words.Skip(1).Select(QuoteForPowerShell).Prepend(program[0] == '\'' ? $"& {program}" : program));
    }

    // As Quote, but that a backslash means nothing to PowerShell, and a quote is doubled (about_Quoting_Rules).
    private static string QuoteForPowerShell(string word) =>
        word.Replace('\\', '/') is var slashed && Quote(slashed) == slashed ? word : $"'{Doubled(word)}'";

    private static string Doubled(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}
