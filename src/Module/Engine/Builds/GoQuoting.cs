using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace GoCross.Builds;

/// <summary>
/// Lists of words in one string, as Go's flags and GOFLAGS take them (cmd/internal/quoted): words are separated by
/// white space; one that begins with ' or " goes to the next such mark, and there is no way to write a mark within.
/// </summary>
internal static class GoQuoting
{
    /// <summary>The words of a string.</summary>
    /// <returns>Whether every quoted word is closed.</returns>
    internal static bool TrySplit(string text, out List<string> words)
    {
        words = [];
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart();
        while (rest.Length > 0)
        {
            if (rest[0] is '\'' or '"')
            {
                int end = rest[1..].IndexOf(rest[0]);
                if (end < 0)
                {
                    return false;
                }

                words.Add(rest.Slice(1, end).ToString());
                rest = rest[(end + 2)..].TrimStart();
            }
            else
            {
                int end = 0;
                while (end < rest.Length && !char.IsWhiteSpace(rest[end]))
                {
                    end++;
                }

                words.Add(rest[..end].ToString());
                rest = rest[end..].TrimStart();
            }
        }

        return true;
    }

    /// <summary>One string of words.</summary>
    /// <returns>Whether there is a way to write them: a word that needs marks must not hold both sorts.</returns>
    internal static bool TryJoin(IEnumerable<string> words, [NotNullWhen(true)] out string? text)
    {
        var joined = new StringBuilder();
        text = null;
        foreach (string word in words)
        {
            if (joined.Length > 0)
            {
                joined.Append(' ');
            }

            bool bare = word.Length > 0 && word[0] is not ('\'' or '"') && !word.Any(char.IsWhiteSpace);
            if (bare)
            {
                joined.Append(word);
            }
            else if (!word.Contains('"', StringComparison.Ordinal))
            {
                joined.Append('"').Append(word).Append('"');
            }
            else if (!word.Contains('\'', StringComparison.Ordinal))
            {
                joined.Append('\'').Append(word).Append('\'');
            }
            else
            {
                return false;
            }
        }

        text = joined.ToString();
        return true;
    }
}
