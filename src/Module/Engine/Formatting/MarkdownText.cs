using System.Buffers;
using System.Text;

namespace GoCross.Formatting;

/// <summary>Text of strangers in Markdown: it marks nothing up, and stays in its line.</summary>
internal static class MarkdownText
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("\\|`*_[]<>&~#!:");

    /// <summary>The text as it may stand in a cell of a table, in a heading or in an item of a list.</summary>
    /// <param name="text">The text; null is none.</param>
    internal static string Of(string? text)
    {
        // Every punctuation mark of ASCII may be escaped (GFM, 6.1), and what is escaped marks nothing up. What GitHub makes a link
        // of without any mark (GFM, 6.9) is told apart: www. by its dot, and an address of mail, which is looked for after the
        // escapes are gone, by a comment.
        var escaped = new StringBuilder();
        string shown = EscapedText.Of(text);
        for (int i = 0; i < shown.Length; i++)
        {
            char character = shown[i];
            if (Marks.Contains(character)
                || (character == '.' && shown.AsSpan(0, i).EndsWith("www", StringComparison.OrdinalIgnoreCase)))
            {
                escaped.Append('\\');
            }

            escaped.Append(character).Append(character == '@' ? "<!-- -->" : string.Empty);
        }

        return escaped.ToString();
    }
}
