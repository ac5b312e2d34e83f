using System.Globalization;
using System.Text;

namespace GoCross.Formatting;

/// <summary>
/// The difference of two texts in the unified format (POSIX, diff -u): few lines against few lines, for a person to read.
/// </summary>
internal static class UnifiedDiff
{
    /// <summary>The most lines of a text that are compared.</summary>
    internal const int MaxLines = 2000;

    private const int Context = 3;

    /// <summary>Compares two texts.</summary>
    /// <param name="oldName">What the old text is called.</param>
    /// <param name="newName">What the new text is called.</param>
    /// <param name="oldText">The old text.</param>
    /// <param name="newText">The new text.</param>
    /// <returns>
    /// The difference, with line feeds and none at its end; empty where there is none; null where a text has more lines than
    /// <see cref="MaxLines"/>.
    /// </returns>
    internal static string? Of(string oldName, string newName, string oldText, string newText)
    {
        string[] before = Lines(oldText);
        string[] after = Lines(newText);
        if (before.Length > MaxLines || after.Length > MaxLines)
        {
            return null;
        }

        List<Edit> edits = Edits(before, after);
        if (edits.TrueForAll(edit => edit.Sign == ' '))
        {
            return string.Empty;
        }

        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"--- {oldName}\n+++ {newName}"));
        for (int next = 0; (next = edits.FindIndex(next, edit => edit.Sign != ' ')) >= 0;)
        {
            int start = Math.Max(0, next - Context);
            int end = EndOfHunk(edits, next);
            Append(text, edits, start, end);
            next = end;
        }

        return text.ToString();
    }

    /// <summary>One past the last line of a hunk: changes with no more than two contexts between them are in one.</summary>
    private static int EndOfHunk(List<Edit> edits, int change)
    {
        int last = change;
        for (int i = change; i < edits.Count && i <= last + (2 * Context) + 1; i++)
        {
            if (edits[i].Sign != ' ')
            {
                last = i;
            }
        }

        return Math.Min(edits.Count, last + 1 + Context);
    }

    private static void Append(StringBuilder text, List<Edit> edits, int start, int end)
    {
        int oldCount = 0, newCount = 0;
        for (int i = start; i < end; i++)
        {
            oldCount += edits[i].Sign == '+' ? 0 : 1;
            newCount += edits[i].Sign == '-' ? 0 : 1;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n@@ -{Range(edits[start].OldLine, oldCount)} +{Range(edits[start].NewLine, newCount)} @@");
        for (int i = start; i < end; i++)
        {
            text.Append('\n').Append(edits[i].Sign).Append(edits[i].Line);
        }

        // Where there is no line, the range names the one before.
        static string Range(int line, int count) => string.Create(
            CultureInfo.InvariantCulture, $"{(count == 0 ? line : line + 1)}{(count == 1 ? "" : $",{count}")}");
    }

    /// <summary>The lines of both texts in one list, by their longest common subsequence.</summary>
    private static List<Edit> Edits(string[] before, string[] after)
    {
        var common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        List<Edit> edits = [];
        for (int i = 0, j = 0; i < before.Length || j < after.Length;)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
            {
                edits.Add(new Edit(' ', before[i], i++, j++));
            }
            else if (j == after.Length || (i < before.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                edits.Add(new Edit('-', before[i], i++, j));
            }
            else
            {
                edits.Add(new Edit('+', after[j], i, j++));
            }
        }

        return edits;
    }

    // A text that does not end with a line feed differs from one that does in its last line.
    private static string[] Lines(string text)
    {
        const string NoEnd = "\n\\ No newline at end of file";
        if (text.Length == 0)
        {
            return [];
        }

        if (text.EndsWith('\n'))
        {
            return text[..^1].Split('\n');
        }

        string[] lines = text.Split('\n');
        lines[^1] += NoEnd;
        return lines;
    }

    /// <summary>A line, with what becomes of it, and how many lines of each text are before it.</summary>
    private readonly record struct Edit(char Sign, string Line, int OldLine, int NewLine);
}
