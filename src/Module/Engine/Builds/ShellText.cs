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

    /// <summary>A command with the variables that are set for it alone, in one line.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="words">The command.</param>
    internal static string Command(IReadOnlyCollection<KeyValuePair<string, string>> environment, IEnumerable<string> words) => string.Join(
        ' ',
        (environment.Count == 0 ? [] : environment.Select(pair => $"{pair.Key}={Quote(pair.Value)}").Prepend("env"))
            .Concat(words.Select(Quote)));
}
