using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace GoCross.Vulnerabilities;

/// <summary>Makes the file that <see cref="DatabaseIndex"/> reads, and describes: the same bytes for the same reports.</summary>
internal sealed class IndexWriter
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    private IndexWriter()
    {
    }

    /// <summary>Makes an index.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="modified">The database's own date, RFC 3339.</param>
    /// <param name="notice">The licence, and whose it is.</param>
    /// <param name="reports">The reports.</param>
    /// <param name="summaries">Whether it keeps the reports' own words; without, only facts.</param>
    internal static byte[] Make(string source, string modified, string notice, IEnumerable<OsvEntry> reports, bool summaries)
    {
        var writer = new IndexWriter();
        OsvEntry[] sorted = [.. reports.OrderBy(report => report.Id, StringComparer.Ordinal)];
        var packages = new SortedDictionary<string, List<int>>(Utf8Order.Instance);
        var reportPlaces = new List<int>();
        for (int i = 0; i < sorted.Length; i++)
        {
            reportPlaces.Add(writer.Position);
            writer.Entry(sorted[i], summaries);
            foreach (string key in (sorted[i].Affected ?? [])
                .Select(affected => DatabaseIndex.KeyOf(affected.Package?.Ecosystem ?? string.Empty, affected.Package?.Name ?? string.Empty))
                .Distinct())
            {
                if (!packages.TryGetValue(key, out List<int>? numbers))
                {
                    numbers = [];
                    packages.Add(key, numbers);
                }

                numbers.Add(i);
            }
        }

        var packagePlaces = new List<int>();
        foreach ((string key, List<int> numbers) in packages)
        {
            packagePlaces.Add(writer.Position);
            writer.Bytes(key);
            writer.Number(numbers.Count);
            numbers.ForEach(writer.Number);
        }

        var textPlaces = new List<int>();
        foreach (string text in writer._texts)
        {
            textPlaces.Add(writer.Position);
            writer.Bytes(text);
        }

        byte[] body = [.. Table(reportPlaces), .. Table(packagePlaces), .. Table(textPlaces), .. writer._bytes.WrittenSpan];
        var header = new DatabaseHeader
        {
            Source = source,
            Modified = modified,
            Notice = notice,
            Entries = reportPlaces.Count,
            Packages = packagePlaces.Count,
            Texts = textPlaces.Count,
            Hash = DatabaseIndex.HashOf(body),
        };
        return [.. Encoding.UTF8.GetBytes(header.ToLine()), (byte)'\n', .. body];
    }

    private int Position => _bytes.WrittenCount;

    private static byte[] Table(List<int> places)
    {
        byte[] table = new byte[places.Count * sizeof(int)];
        for (int i = 0; i < places.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(i * sizeof(int)), places[i]);
        }

        return table;
    }

    private void Entry(OsvEntry report, bool summaries)
    {
        Text(report.Id);
        Text(report.Modified);
        Text(report.Withdrawn);
        List(report.Aliases, Text);
        List(report.Upstream, Text);
        Text(summaries ? report.Summary : null);
        List(report.Severity, Severity);
        List(report.Affected, Affected);
        Text(report.DatabaseSpecific?.Url == DatabaseIndex.UsualLink(report.Id!) ? null : report.DatabaseSpecific?.Url);
        Text(report.DatabaseSpecific?.Severity);
    }

    private void Affected(OsvAffected affected)
    {
        Text(affected.Package?.Name);
        Text(affected.Package?.Ecosystem);
        List(affected.Severity, Severity);
        List(affected.Ranges, Range);
        List(affected.Versions, Text);
        List(affected.EcosystemSpecific?.Imports, Import);
        List(affected.EcosystemSpecific?.CustomRanges, Range);
    }

    private void Severity(OsvSeverity severity)
    {
        Text(severity.Type);
        Text(severity.Score);
    }

    private void Range(OsvRange range)
    {
        Text(range.Type);
        List(range.Events, Event);
    }

    private void Event(OsvEvent found)
    {
        Text(found.Introduced);
        Text(found.Fixed);
        Text(found.LastAffected);
    }

    private void Import(OsvImport import)
    {
        Text(import.Path);
        List(import.GoOS, Text);
        List(import.GoArch, Text);
        List(import.Symbols, Text);
        Number(import.Roots is null ? 0 : 1);
        List(import.Roots, Text);
    }

    private void List<T>(IReadOnlyList<T>? items, Action<T> write)
    {
        Number(items?.Count ?? 0);
        foreach (T item in items ?? [])
        {
            write(item);
        }
    }

    private void Text(string? text)
    {
        if (text is null)
        {
            Number(0);
            return;
        }

        if (!_numbers.TryGetValue(text, out int number))
        {
            number = _texts.Count;
            _numbers.Add(text, number);
            _texts.Add(text);
        }

        Number(number + 1);
    }

    private void Bytes(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length);
        _bytes.Write(bytes);
    }

    private void Number(int number)
    {
        for (uint rest = (uint)number; ;)
        {
            uint low = rest & 0x7F;
            rest >>= 7;
            _bytes.GetSpan(1)[0] = (byte)(rest == 0 ? low : low | 0x80);
            _bytes.Advance(1);
            if (rest == 0)
            {
                return;
            }
        }
    }

    /// <summary>The order of texts by their bytes in UTF-8, which is what the search in a file sees.</summary>
    private sealed class Utf8Order : IComparer<string>
    {
        internal static Utf8Order Instance { get; } = new();

        public int Compare(string? x, string? y) =>
            Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}
