namespace GoCross.Vulnerabilities;

/// <summary>Thrown inside of an index that contradicts itself; the index makes the error of it that names its file.</summary>
internal sealed class IndexDamagedException : Exception;

/// <summary>
/// Reads what <see cref="IndexWriter"/> wrote: numbers seven bits a byte, the lowest first, and of a text its number in
/// the index's list of texts.
/// </summary>
/// <param name="bytes">What is read.</param>
/// <param name="text">The text of a number.</param>
internal ref struct IndexReader(ReadOnlySpan<byte> bytes, Func<int, string> text)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly Func<int, string> _text = text;
    private int _at;

    /// <summary>A number.</summary>
    /// <exception cref="IndexDamagedException">None is there.</exception>
    internal int Number()
    {
        uint value = 0;
        for (int shift = 0; shift < 32 && _at < _bytes.Length; shift += 7)
        {
            byte next = _bytes[_at++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value <= int.MaxValue ? (int)value : throw new IndexDamagedException();
            }
        }

        throw new IndexDamagedException();
    }

    /// <summary>How many items follow: each of them has at least one byte.</summary>
    /// <exception cref="IndexDamagedException">There is no room for so many.</exception>
    internal int Count()
    {
        int count = Number();
        return count <= _bytes.Length - _at ? count : throw new IndexDamagedException();
    }

    /// <summary>A text, or null.</summary>
    /// <exception cref="IndexDamagedException">There is none of that number.</exception>
    internal string? Text() => Number() is var number && number == 0 ? null : _text(number - 1);

    /// <summary>A list of texts; null for none.</summary>
    /// <exception cref="IndexDamagedException">It is longer than what is there.</exception>
    internal string[]? Texts()
    {
        int count = Count();
        string[]? texts = count == 0 ? null : new string[count];
        for (int i = 0; i < count; i++)
        {
            texts![i] = Text() ?? throw new IndexDamagedException();
        }

        return texts;
    }

    /// <summary>A text that stands here itself: its length in bytes, and UTF-8.</summary>
    /// <exception cref="IndexDamagedException">It is longer than what is there.</exception>
    internal ReadOnlySpan<byte> Bytes()
    {
        int length = Count();
        _at += length;
        return _bytes.Slice(_at - length, length);
    }

    /// <summary>A report.</summary>
    /// <exception cref="IndexDamagedException">It is damaged.</exception>
    internal OsvEntry Entry()
    {
        string? id = Text();
        string? modified = Text();
        string? withdrawn = Text();
        string[]? aliases = Texts();
        string[]? upstream = Texts();
        string? summary = Text();
        OsvSeverity[]? severity = Severities();
        var affected = new OsvAffected[Count()];
        for (int i = 0; i < affected.Length; i++)
        {
            affected[i] = Affected();
        }

        string? url = Text();
        string? word = Text();
        return new OsvEntry
        {
            Id = id ?? throw new IndexDamagedException(),
            Modified = modified,
            Withdrawn = withdrawn,
            Aliases = aliases,
            Upstream = upstream,
            Summary = summary,
            Severity = severity,
            Affected = affected,
            DatabaseSpecific = url is null && word is null ? null : new OsvDatabaseSpecific { Url = url, Severity = word },
        };
    }

    private OsvAffected Affected()
    {
        string? name = Text();
        string? ecosystem = Text();
        OsvSeverity[]? severity = Severities();
        OsvRange[]? ranges = Ranges();
        string[]? versions = Texts();
        OsvImport[]? imports = Imports();
        OsvRange[]? custom = Ranges();
        return new OsvAffected
        {
            Package = new OsvPackage(name, ecosystem),
            Severity = severity,
            Ranges = ranges,
            Versions = versions,
            EcosystemSpecific = imports is null && custom is null ? null : new OsvEcosystemSpecific { Imports = imports, CustomRanges = custom },
        };
    }

    private OsvSeverity[]? Severities()
    {
        int count = Count();
        OsvSeverity[]? severities = count == 0 ? null : new OsvSeverity[count];
        for (int i = 0; i < count; i++)
        {
            string? type = Text();
            severities![i] = new OsvSeverity(type, Text());
        }

        return severities;
    }

    private OsvRange[]? Ranges()
    {
        int count = Count();
        OsvRange[]? ranges = count == 0 ? null : new OsvRange[count];
        for (int i = 0; i < count; i++)
        {
            string? type = Text();
            var events = new OsvEvent[Count()];
            for (int j = 0; j < events.Length; j++)
            {
                string? introduced = Text();
                string? end = Text();
                events[j] = new OsvEvent { Introduced = introduced, Fixed = end, LastAffected = Text() };
            }

            ranges![i] = new OsvRange(type, events);
        }

        return ranges;
    }

    private OsvImport[]? Imports()
    {
        int count = Count();
        OsvImport[]? imports = count == 0 ? null : new OsvImport[count];
        for (int i = 0; i < count; i++)
        {
            string? path = Text();
            string[]? systems = Texts();
            string[]? architectures = Texts();
            string[]? symbols = Texts();
            bool hasRoots = Number() == 1;
            string[]? roots = Texts();
            imports![i] = new OsvImport
            {
                Path = path,
                GoOS = systems,
                GoArch = architectures,
                Symbols = symbols,
                Roots = hasRoots ? roots ?? [] : null,
            };
        }

        return imports;
    }
}
