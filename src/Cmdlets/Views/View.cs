using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using GoCross.Formatting;
using GoCross.Images;
using GoCross.Reports;

namespace GoCross.Cmdlets.Views;

/// <summary>
/// What the format files call to show raw values. Not for scripts: it changes with the views. Every method takes null,
/// for a view's error is an empty cell that nobody sees.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class View
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>A number of bytes in binary units, with three significant digits: 999 B, 1.46 MiB, 23.1 KiB.</summary>
    public static string Size(long? bytes)
    {
        if (bytes is not { } value)
        {
            return string.Empty;
        }

        double amount = Math.Abs((double)value);
        int unit = 0;

        // 999.5 KiB would be shown as 1000 KiB: it goes to the next unit, too.
        while (amount >= 999.5 && unit < Units.Length - 1)
        {
            amount /= 1024;
            unit++;
        }

        string format = unit == 0 || amount >= 99.95 ? "0" : amount >= 9.995 ? "0.0" : "0.00";
        string sign = value < 0 ? "-" : string.Empty;
        return string.Create(CultureInfo.CurrentCulture, $"{sign}{amount.ToString(format, CultureInfo.CurrentCulture)} {Units[unit]}");
    }

    /// <summary>A value of any type: sizes (long) in binary units, yes and no, and all else as it writes itself.</summary>
    public static string Value(PSObject? value) => value?.BaseObject switch
    {
        null => string.Empty,

        // Of an enumeration that comes from another session or a file the number is left, and beside it what it was called.
        int when value.TypeNames.Contains("Deserialized.System.Enum") => EscapedText.Of(value.ToString()),
        long bytes => Size(bytes),
        bool isSo => isSo ? "yes" : "no",
        IFormattable formattable => formattable.ToString(null, CultureInfo.CurrentCulture),
        var other => EscapedText.Of(other.ToString()),
    };

    /// <summary>A difference in bytes, with its sign: +1.2 MiB, -300 KiB, 0 B.</summary>
    public static string SizeDifference(long? bytes) => bytes > 0 ? "+" + Size(bytes) : Size(bytes);

    /// <summary>A percentage with one decimal and its sign: -45.2 %.</summary>
    public static string PercentDifference(double? percent) => percent is not { } value || double.IsNaN(value)
        ? string.Empty
        : value.ToString("+0.0 '%';-0.0 '%';0.0 '%'", CultureInfo.CurrentCulture);

    /// <summary>A time span as one reads it: 840 ms, 12.3 s, 4 min 05 s.</summary>
    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => string.Empty,
        { TotalSeconds: < 1 } d => string.Create(CultureInfo.CurrentCulture, $"{d.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } d => string.Create(CultureInfo.CurrentCulture, $"{d.TotalSeconds:0.0} s"),
        { } d => string.Create(CultureInfo.CurrentCulture, $"{(int)d.TotalMinutes} min {d.Seconds:00} s"),
    };

    /// <summary>A digest short enough for a table: its first 12 hexadecimal digits, without the algorithm.</summary>
    public static string Digest(string? digest)
    {
        const int Shown = 12;
        if (string.IsNullOrEmpty(digest))
        {
            return string.Empty;
        }

        string hex = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return hex.Length <= Shown ? hex : hex[..Shown];
    }

    /// <summary>
    /// A text on lines of a length, broken between words. What PowerShell breaks by itself it breaks within words where
    /// the culture is the invariant one, as with LANG=C.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="columns">The longest line. A longer word has a line of its own.</param>
    public static string Wrap(string? text, int columns)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var lines = new StringBuilder();
        int column = 0;
        foreach (string word in EscapedText.OfLines(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bool fits = column + 1 + word.Length <= columns;
            lines.Append(column == 0 ? "" : fits ? " " : "\n").Append(word);
            column = column > 0 && fits ? column + 1 + word.Length : word.Length;
        }

        return lines.ToString();
    }

    /// <summary>A number of a gate in its unit: 12.3 MiB, 0.953, 4.5 %, 7.</summary>
    /// <param name="value">The number; words and patterns stay what they are.</param>
    /// <param name="unit">What it counts.</param>
    public static string GateValue(object? value, GateUnit? unit) => (unit, value) switch
    {
        (_, null) => string.Empty,
        (GateUnit.Bytes, long bytes) => Size(bytes),
        (GateUnit.Ratio, double ratio) => ratio.ToString("0.0##", CultureInfo.CurrentCulture),
        (GateUnit.Percent, double percent) => percent.ToString("0.0# '%'", CultureInfo.CurrentCulture),
        _ => EscapedText.Of(Convert.ToString(value, CultureInfo.CurrentCulture)),
    };

    /// <summary>A bar for a number beside others, as long as the largest's at most; what is not 0 shows at least a sliver.</summary>
    /// <param name="value">The number.</param>
    /// <param name="largest">The largest number of those beside each other.</param>
    /// <param name="width">The largest number's length in columns.</param>
    public static string Bar(long? value, long? largest, int width)
    {
        if (value is not > 0 || largest is not > 0 || width <= 0)
        {
            return string.Empty;
        }

        double columns = width * Math.Min(1.0, (double)value.Value / largest.Value);
        return columns < 1 ? "\u258F" : new string('\u2588', (int)Math.Round(columns));
    }

    /// <summary>A size beside another one in a word: smaller, larger, same size.</summary>
    public static string SizeWord(long? difference) => difference switch
    {
        null => string.Empty,
        < 0 => "smaller",
        > 0 => "larger",
        _ => "same size",
    };

    /// <summary>A mode as ls shows it: drwxr-xr-x, -rwsr-xr-x.</summary>
    /// <param name="type">What the path is.</param>
    /// <param name="mode">The permission bits with setuid, setgid and sticky; null for an empty cell.</param>
    public static string Mode(ImageFileType? type, int? mode)
    {
        if (mode is not { } bits)
        {
            return string.Empty;
        }

        char kind = type switch
        {
            ImageFileType.Directory => 'd',
            ImageFileType.SymbolicLink => 'l',
            ImageFileType.CharacterDevice => 'c',
            ImageFileType.BlockDevice => 'b',
            ImageFileType.NamedPipe => 'p',
            _ => '-',
        };
        return string.Create(10, (bits, kind), static (text, value) =>
        {
            text[0] = value.kind;
            for (int i = 0; i < 9; i++)
            {
                text[i + 1] = (value.bits & (0x100 >> i)) != 0 ? "rwx"[i % 3] : '-';
            }

            Special(text, 3, (value.bits & 0x800) != 0, 's');
            Special(text, 6, (value.bits & 0x400) != 0, 's');
            Special(text, 9, (value.bits & 0x200) != 0, 't');
        });

        // A capital says that it is there without the right to execute.
        static void Special(Span<char> text, int place, bool isSet, char character) =>
            text[place] = !isSet ? text[place] : text[place] == 'x' ? character : char.ToUpperInvariant(character);
    }

    /// <summary>The command that made a layer, as a Dockerfile has it: without the shell that the legacy builder writes before it.</summary>
    public static string Command(string? createdBy)
    {
        const string NoOperation = "#(nop) ";
        const string Shell = "/bin/sh -c ";
        if (string.IsNullOrEmpty(createdBy))
        {
            return string.Empty;
        }

        string text = EscapedText.Of(createdBy.ReplaceLineEndings(" ").Replace('\t', ' '));
        int mark = text.IndexOf(NoOperation, StringComparison.Ordinal);
        return mark >= 0 ? text[(mark + NoOperation.Length)..].Trim()
            : text.StartsWith(Shell, StringComparison.Ordinal) ? "RUN " + text[Shell.Length..].Trim()
            : text.Trim();
    }

    /// <summary>A share as a percentage with one decimal: 93.4 %.</summary>
    public static string Percent(double? share) => share is not { } value || double.IsNaN(value)
        ? string.Empty
        : (100 * value).ToString("0.0 '%'", CultureInfo.CurrentCulture);

    /// <summary>The end of a text, which is what tells paths apart, with an ellipsis for what does not fit.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The columns there are.</param>
    public static string Tail(string? text, int width)
    {
        string shown = EscapedText.Of(text);
        return shown.Length <= width ? shown : "\u2026" + shown[(shown.Length - width + 1)..];
    }

    /// <summary>Text of strangers, such as a name, with what a terminal would obey written as an escape.</summary>
    /// <param name="text">The text.</param>
    public static string Text(string? text) => EscapedText.Of(text);

    /// <summary>Several such texts, each in one line; of other objects what they say of themselves.</summary>
    /// <param name="values">The texts or objects, or one of them.</param>
    public static string[] Texts(object? values) => values switch
    {
        null => [],
        not string and System.Collections.IEnumerable many => [.. many.Cast<object?>().Select(value => EscapedText.Of(value?.ToString()))],
        _ => [EscapedText.Of(values.ToString())],
    };

    /// <summary>A text of several lines, such as what a program wrote, with all but its line ends escaped.</summary>
    /// <param name="text">The text.</param>
    public static string Lines(string? text) => EscapedText.OfLines(text);

    /// <summary>A path with what it leads to, if it is a link: the path itself whole, and of the other what there is room for.</summary>
    /// <param name="path">The path.</param>
    /// <param name="linkTarget">The target of a symbolic link; null or empty for what is none.</param>
    /// <param name="hardLinkTo">The file that this is another name of; null or empty for what is none.</param>
    /// <param name="width">The columns there are.</param>
    public static string Link(string? path, string? linkTarget, string? hardLinkTo, int width)
    {
        const int MinRoom = 6;
        string own = EscapedText.Of(path);
        string arrow = !string.IsNullOrEmpty(linkTarget) ? " -> " : " = ";
        string target = EscapedText.Of(!string.IsNullOrEmpty(linkTarget) ? linkTarget : hardLinkTo);
        int room = width - own.Length - arrow.Length;
        return target.Length == 0 || room < MinRoom ? Tail(own, width) : own + arrow + Tail(target, room);
    }

    /// <summary>A text that begins with a path, with the path from the session's location if it lies beneath.</summary>
    /// <param name="text">A full path, and what follows it.</param>
    /// <param name="location">The location; of another provider than the file system's it is not a folder, and no matter.</param>
    public static string FromLocation(string? text, string? location)
    {
        if (string.IsNullOrEmpty(text) || string.IsNullOrEmpty(location))
        {
            return EscapedText.Of(text);
        }

        string folder = System.IO.Path.EndsInDirectorySeparator(location) ? location : location + System.IO.Path.DirectorySeparatorChar;
        return EscapedText.Of(text.StartsWith(folder, StringComparison.Ordinal) ? text[folder.Length..] : text);
    }

    /// <summary>The columns that a table's last column has, to cut its text at the end that matters less.</summary>
    /// <param name="host">The host: its window's width counts.</param>
    /// <param name="taken">The columns of the others, spaces between them included.</param>
    public static int ColumnsLeft(PSHost? host, int taken)
    {
        const int MinColumns = 20;
        const int Usual = 80;
        int width;
        try
        {
            width = host?.UI?.RawUI?.BufferSize.Width ?? Usual;
        }
        catch (Exception)
        {
            // A host without a window may answer this with any exception.
            width = Usual;
        }

        // PowerShell leaves the screen's last column free, so that no line wraps.
        return Math.Max(MinColumns, (width > 0 ? width : Usual) - 1 - taken);
    }

    /// <summary>A text in a colour of $PSStyle, which every view passes for itself so that the user's settings hold.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The escape sequence that starts the colour.</param>
    /// <param name="reset">The escape sequence that ends it.</param>
    public static string Colour(string? text, string? start, string? reset)
    {
        string shown = EscapedText.OfLines(text);
        return shown.Length == 0 || string.IsNullOrEmpty(start) ? shown : start + shown + reset;
    }
}
