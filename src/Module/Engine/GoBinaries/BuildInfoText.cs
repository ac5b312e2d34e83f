using System.Buffers;
using System.Buffers.Text;
using System.Text;
using GoCross.Errors;

namespace GoCross.GoBinaries;

/// <summary>
/// Reads the text that cmd/go hands to the linker: the reverse of Go's <c>runtime/debug.BuildInfo.String</c>. A line
/// is a word, a tab and columns; words that are not known are passed over, as Go does for the sake of later versions.
/// </summary>
internal static class BuildInfoText
{
    /// <summary>How much of a line an error shows, in bytes.</summary>
    private const int MaxShown = 200;

    /// <summary>Where a quoted word must stand in quotes: these would end it or be mistaken.</summary>
    private static readonly SearchValues<byte> ValueBreaks = SearchValues.Create(" \t\r\n\"`"u8);

    private static readonly SearchValues<byte> KeyBreaks = SearchValues.Create("= \t\r\n\"`"u8);

    /// <summary>Reads the text.</summary>
    /// <param name="path">The file's name, for errors.</param>
    /// <param name="goVersion">The toolchain's version, which the text does not hold.</param>
    /// <param name="text">The text, in UTF-8.</param>
    /// <exception cref="GoCrossException">GoBuildInfoLineInvalid.</exception>
    public static GoBuildInfo Parse(string path, string goVersion, ReadOnlySpan<byte> text)
    {
        string package = "";
        GoModule? main = null;
        var deps = new List<GoModule>();
        var settings = new List<GoBuildSetting>();
        bool lastIsMain = false;
        bool replaceable = false;
        for (int number = 1; text.IndexOf((byte)'\n') is >= 0 and int end; number++)
        {
            ReadOnlySpan<byte> line = text[..end];
            text = text[(end + 1)..];
            if (line.StartsWith("path\t"u8))
            {
                package = Encoding.UTF8.GetString(line[5..]);
            }
            else if (line.StartsWith("mod\t"u8))
            {
                main = ParseModule(line[4..], 2) ?? throw Invalid(path, number, line);
                lastIsMain = replaceable = true;
            }
            else if (line.StartsWith("dep\t"u8))
            {
                deps.Add(ParseModule(line[4..], 2) ?? throw Invalid(path, number, line));
                lastIsMain = false;
                replaceable = true;
            }
            else if (line.StartsWith("=>\t"u8))
            {
                GoModule? replacement = replaceable ? ParseModule(line[3..], 3) : null;
                if (replacement is null)
                {
                    throw Invalid(path, number, line);
                }

                if (lastIsMain)
                {
                    main = main! with { Replace = replacement };
                }
                else
                {
                    deps[^1] = deps[^1] with { Replace = replacement };
                }

                replaceable = false;
            }
            else if (line.StartsWith("build\t"u8))
            {
                settings.Add(ParseSetting(line[6..]) ?? throw Invalid(path, number, line));
            }
        }

        return new GoBuildInfo
        {
            GoVersion = goVersion,
            Path = package,
            Main = main,
            Deps = deps,
            Settings = settings,
        };
    }

    private static GoModule? ParseModule(ReadOnlySpan<byte> columns, int minColumns)
    {
        Span<Range> ranges = stackalloc Range[4];
        int count = 0;
        int start = 0;
        while (count < ranges.Length)
        {
            int tab = columns[start..].IndexOf((byte)'\t');
            ranges[count++] = new Range(start, tab < 0 ? columns.Length : start + tab);
            if (tab < 0)
            {
                break;
            }

            start += tab + 1;
        }

        return count < minColumns || count > 3
            ? null
            : new GoModule(
                Encoding.UTF8.GetString(columns[ranges[0]]),
                Encoding.UTF8.GetString(columns[ranges[1]]),
                count == 3 ? Encoding.UTF8.GetString(columns[ranges[2]]) : "",
                null);
    }

    private static GoBuildSetting? ParseSetting(ReadOnlySpan<byte> text)
    {
        string? key;
        if (text.Length > 0 && text[0] is (byte)'"' or (byte)'`')
        {
            key = Unquote(text, out int length);
            if (key is null || length == text.Length || text[length] != '=')
            {
                return null;
            }

            text = text[(length + 1)..];
        }
        else
        {
            int equals = text.IndexOf((byte)'=');
            if (equals <= 0 || text[..equals].ContainsAny(KeyBreaks))
            {
                return null;
            }

            key = Encoding.UTF8.GetString(text[..equals]);
            text = text[(equals + 1)..];
        }

        string? value;
        if (text.Length > 0 && text[0] is (byte)'"' or (byte)'`')
        {
            value = Unquote(text, out int length);
            if (length != text.Length)
            {
                value = null;
            }
        }
        else
        {
            value = text.ContainsAny(ValueBreaks) ? null : Encoding.UTF8.GetString(text);
        }

        return value is null ? null : new GoBuildSetting(key, value);
    }

    /// <summary>
    /// Takes a Go string literal off its quotes (The Go Programming Language Specification, String literals).
    /// </summary>
    /// <param name="text">Starts with the opening quote.</param>
    /// <param name="length">The literal's length with both quotes.</param>
    /// <returns>Null if it is not a valid literal.</returns>
    private static string? Unquote(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text[0] == '`')
        {
            int end = text[1..].IndexOf((byte)'`');
            if (end < 0)
            {
                return null;
            }

            length = end + 2;
            return Encoding.UTF8.GetString(text[1..(end + 1)]).Replace("\r", "", StringComparison.Ordinal);
        }

        var bytes = new ArrayBufferWriter<byte>();
        int at = 1;
        while (at < text.Length && text[at] != '"')
        {
            int taken = text[at] == '\\' ? UnescapeOne(text[at..], bytes) : CopyOne(text[at], bytes);
            if (taken == 0)
            {
                return null;
            }

            at += taken;
        }

        if (at >= text.Length)
        {
            return null;
        }

        length = at + 1;
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static int CopyOne(byte value, ArrayBufferWriter<byte> bytes)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
        return 1;
    }

    /// <summary>Returns how many bytes the escape takes, 0 if it is none that Go knows.</summary>
    private static int UnescapeOne(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> bytes)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        int simple = "abfnrtv\\\""u8.IndexOf(text[1]);
        if (simple >= 0)
        {
            return 1 + CopyOne("\a\b\f\n\r\t\v\\\""u8[simple], bytes);
        }

        if (text[1] is >= (byte)'0' and <= (byte)'7')
        {
            return UnescapeOctal(text, bytes);
        }

        int digits = text[1] switch { (byte)'x' => 2, (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
        if (digits == 0
            || text.Length < 2 + digits
            || !Utf8Parser.TryParse(text.Slice(2, digits), out uint value, out int parsed, 'x')
            || parsed != digits)
        {
            return 0;
        }

        if (digits == 2)
        {
            CopyOne((byte)value, bytes);
            return 4;
        }

        if (!Rune.TryCreate(value, out Rune rune))
        {
            return 0;
        }

        bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
        return 2 + digits;
    }

    private static int UnescapeOctal(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> bytes)
    {
        if (text.Length < 4)
        {
            return 0;
        }

        int value = 0;
        for (int i = 1; i <= 3; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'7')
            {
                return 0;
            }

            value = (value * 8) + (text[i] - '0');
        }

        if (value > byte.MaxValue)
        {
            return 0;
        }

        CopyOne((byte)value, bytes);
        return 4;
    }

    private static GoCrossException Invalid(string path, int number, ReadOnlySpan<byte> line)
    {
        // A stranger wrote it: nothing that could tell a terminal to do something.
        char[] shown = Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxShown)]).ToCharArray();
        for (int i = 0; i < shown.Length; i++)
        {
            shown[i] = char.IsControl(shown[i]) ? '.' : shown[i];
        }

        return GoCrossException.Create(
            ErrorKind.InvalidData, nameof(Messages.GoBuildInfoLineInvalid), path, number, new string(shown));
    }
}
