using System.Buffers;
using System.Globalization;
using System.Text;

namespace GoCross.Formatting;

/// <summary>
/// Text of strangers - names of files, commands, labels - as it may be shown: what a terminal or the reader of a log would
/// obey is written as an escape, as C does it. Objects keep the raw text; this is for views, messages and reports.
/// </summary>
public static class EscapedText
{
    // C0, DEL and C1; what turns the direction of writing round (Unicode TR 36, "Bidirectional Text Spoofing"); and the
    // separators that some programs end a line at.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [
            .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code),
            '\u061C', '\u200E', '\u200F', '\u2028', '\u2029', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E',
            '\u2066', '\u2067', '\u2068', '\u2069',
        ]);

    /// <summary>A text in one line: \x1b for an escape character, \n for a line feed, \xff for a byte that is not UTF-8.</summary>
    /// <param name="text">The text; null is none.</param>
    public static string Of(string? text) => Escape(text, keepsLines: false);

    /// <summary>The same for a text of several lines, such as what a program says: line ends and tabs stay.</summary>
    /// <param name="text">The text; null is none.</param>
    public static string OfLines(string? text) => Escape(text, keepsLines: true);

    private static string Escape(string? text, bool keepsLines)
    {
        if (string.IsNullOrEmpty(text)
            || (!text.AsSpan().ContainsAny(Unsafe) && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')))
        {
            return text ?? string.Empty;
        }

        var escaped = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (char.IsHighSurrogate(character) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                escaped.Append(character).Append(text[++i]);
            }
            else if (!char.IsSurrogate(character) && !Unsafe.Contains(character))
            {
                escaped.Append(character);
            }
            else if (keepsLines && (character is '\n' or '\t' || (character == '\r' && i + 1 < text.Length && text[i + 1] == '\n')))
            {
                escaped.Append(character);
            }
            else
            {
                Append(escaped, character);
            }
        }

        return escaped.ToString();
    }

    private static void Append(StringBuilder escaped, char character)
    {
        _ = character switch
        {
            '\n' => escaped.Append("\\n"),
            '\r' => escaped.Append("\\r"),
            '\t' => escaped.Append("\\t"),
            < '\u0080' => escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"),
            _ when ByteText.IsByte(character) => escaped.Append(CultureInfo.InvariantCulture, $"\\x{character & 0xFF:x2}"),
            _ => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
        };
    }
}
