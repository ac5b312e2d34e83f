using System.Buffers;
using System.Text;

namespace GoCross.Formatting;

/// <summary>Text of strangers in Markdown: it marks nothing up, and stays in its line.</summary>
internal static class MarkdownText
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("\\|`*_[]<>&~#!@:");

    /// <summary>The text as it may stand in a cell of a table, in a heading or in an item of a list.</summary>
    /// <param name="text">The text; null is none.</param>
    internal static string Of(string? text)
    {
        // Every punctuation mark of ASCII may be escaped (GFM, 6.1), and what is escaped marks nothing up.
        var escaped = new StringBuilder();
        foreach (char character in EscapedText.Of(text))
        {
            if (Marks.Contains(character))
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }
}
