using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Vulnerabilities;

/// <summary>
/// A database in one file, made once so that a question costs little: a line about the file, a directory with a line for
/// each package (ecosystem, name, and of each report its place, length and id), and the reports in OSV's form. A report is
/// parsed when a package of its is asked for.
/// </summary>
internal sealed class DatabaseIndex
{
    /// <summary>The extension of such files.</summary>
    internal const string Extension = ".vulnindex";

    private const string FormatName = "gocross-vulnerabilities";
    private const int FormatVersion = 1;
    private const int MaxHeaderLength = 64 * 1024;

    /// <summary>All of Debian's reports, shortened, are less than a tenth.</summary>
    private const long LargestFile = 1L << 30;

    private readonly byte[] _bytes;
    private readonly int _reports;
    private readonly Dictionary<string, (int Start, int Length)> _packages = new(StringComparer.Ordinal);
    private readonly Dictionary<int, OsvEntry> _parsed = [];
    private Dictionary<string, (int At, int Length)>? _byId;

    private DatabaseIndex(string path, byte[] bytes, DatabaseHeader header, int directory)
    {
        Path = path;
        Header = header;
        _bytes = bytes;
        _reports = directory + header.Directory;
        ReadDirectory(directory);
    }

    /// <summary>Its file.</summary>
    internal string Path { get; }

    /// <summary>What its first line says.</summary>
    internal DatabaseHeader Header { get; }

    /// <summary>The database's own date.</summary>
    internal DateTimeOffset Modified =>
        DateTimeOffset.TryParse(Header.Modified, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? date
            : DateTimeOffset.UnixEpoch;

    /// <summary>How many packages it has reports on.</summary>
    internal int PackageCount => _packages.Count;

    /// <summary>Opens an index.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty; VulnerabilityDatabaseDamaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static DatabaseIndex Open(string path)
    {
        byte[] bytes;
        using (var file = RandomAccessFile.Open(path))
        {
            if (file.Length > LargestFile)
            {
                throw Damaged(path);
            }

            bytes = new byte[file.Length];
            if (file.Read(0, bytes) != bytes.Length)
            {
                throw Damaged(path);
            }
        }

        return Open(path, bytes);
    }

    /// <summary>Opens an index that was read.</summary>
    internal static DatabaseIndex Open(string path, byte[] bytes)
    {
        int end = bytes.AsSpan(0, Math.Min(bytes.Length, MaxHeaderLength)).IndexOf((byte)'\n');
        try
        {
            DatabaseHeader? header = end <= 0 ? null : JsonSerializer.Deserialize(bytes.AsSpan(0, end), OsvJson.Default.DatabaseHeader);
            if (header is not { Format: FormatName, Version: FormatVersion, Directory: >= 0, Reports: >= 0 }
                || (long)end + 1 + header.Directory + header.Reports != bytes.Length
                || HashOf(bytes.AsSpan(end + 1)) != header.Hash)
            {
                throw Damaged(path);
            }

            return new DatabaseIndex(path, bytes, header, end + 1);
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Makes an index.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="modified">The database's own date, RFC 3339.</param>
    /// <param name="notice">The licence, and whose it is.</param>
    /// <param name="reports">The reports.</param>
    /// <param name="summaries">Whether it keeps the reports' own words; without, only facts.</param>
    internal static byte[] Make(string source, string modified, string notice, IEnumerable<OsvEntry> reports, bool summaries)
    {
        var packages = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        using var content = new MemoryStream();
        int entries = 0;
        foreach (OsvEntry report in reports.OrderBy(report => report.Id, StringComparer.Ordinal))
        {
            OsvEntry kept = Shorten(report, summaries);
            byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(kept, OsvJson.Default.OsvEntry);
            string place = string.Create(CultureInfo.InvariantCulture, $"{content.Position}:{bytes.Length}:{report.Id}");
            content.Write(bytes);
            entries++;
            foreach (string key in (kept.Affected ?? [])
                .Select(affected => KeyOf(affected.Package?.Ecosystem ?? string.Empty, affected.Package?.Name ?? string.Empty))
                .Distinct())
            {
                if (!packages.TryGetValue(key, out List<string>? places))
                {
                    places = [];
                    packages.Add(key, places);
                }

                places.Add(place);
            }
        }

        var directory = new StringBuilder();
        foreach ((string key, List<string> places) in packages)
        {
            directory.Append(key).Append('\t').AppendJoin(' ', places).Append('\n');
        }

        byte[] head = Encoding.UTF8.GetBytes(directory.ToString());
        byte[] body = [.. head, .. content.ToArray()];
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(
            new DatabaseHeader
            {
                Format = FormatName,
                Version = FormatVersion,
                Source = source,
                Modified = modified,
                Notice = notice,
                Entries = entries,
                Directory = head.Length,
                Reports = body.Length - head.Length,
                Hash = HashOf(body),
            },
            OsvJson.Default.DatabaseHeader);
        return [.. line, (byte)'\n', .. body];
    }

    /// <summary>The reports on a package.</summary>
    /// <param name="ecosystem">OSV's name of the ecosystem: Go, Debian:12, Alpine:v3.19.</param>
    /// <param name="name">The package; the case of a Go module's path does not count.</param>
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal IEnumerable<OsvEntry> Find(string ecosystem, string name)
    {
        if (!_packages.TryGetValue(KeyOf(ecosystem, name), out (int Start, int Length) line))
        {
            yield break;
        }

        foreach ((int at, int length, _) in PlacesOf(line.Start, line.Length))
        {
            yield return Parse(at, length);
        }
    }

    /// <summary>A report by its id, or null.</summary>
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal OsvEntry? FindId(string id)
    {
        if (_byId is null)
        {
            _byId = new(StringComparer.Ordinal);
            foreach ((int start, int length) in _packages.Values)
            {
                foreach ((int at, int size, string name) in PlacesOf(start, length))
                {
                    _byId[name] = (at, size);
                }
            }
        }

        return _byId.TryGetValue(id, out (int At, int Length) place) ? Parse(place.At, place.Length) : null;
    }

    /// <summary>All reports, for an update that keeps most of them.</summary>
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal IEnumerable<OsvEntry> All()
    {
        FindId(string.Empty);
        return _byId!.Values.Select(place => Parse(place.At, place.Length));
    }

    // Lower case for all: paths of modules differ by case in one pair of the Go database, and names of packages never do.
    private static string KeyOf(string ecosystem, string name) => $"{ecosystem}\t{name.ToLowerInvariant()}";

    private static OsvEntry Shorten(OsvEntry report, bool summaries) => report with
    {
        Summary = summaries ? report.Summary : null,
        DatabaseSpecific = report.DatabaseSpecific is { } specific
            ? specific with { Severity = specific.SeverityWord is null ? null : specific.Severity }
            : null,
    };

    private static string HashOf(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes).ToString("x16", CultureInfo.InvariantCulture);

    private static GoCrossException Damaged(string path, Exception? cause = null) => GoCrossException.FromResource(
        Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.VulnerabilityDatabaseDamaged), cause, path);

    private void ReadDirectory(int start)
    {
        int end = start + Header.Directory;
        while (start < end)
        {
            ReadOnlySpan<byte> line = _bytes.AsSpan(start, end - start);
            int length = line.IndexOf((byte)'\n');
            int tab = length < 0 ? -1 : line[..length].LastIndexOf((byte)'\t');
            if (tab <= 0)
            {
                throw Damaged(Path);
            }

            _packages[Encoding.UTF8.GetString(line[..tab])] = (start + tab + 1, length - tab - 1);
            start += length + 1;
        }
    }

    private List<(int At, int Length, string Id)> PlacesOf(int start, int length)
    {
        var places = new List<(int At, int Length, string Id)>();
        ReadOnlySpan<byte> rest = _bytes.AsSpan(start, length);
        while (!rest.IsEmpty)
        {
            int blank = rest.IndexOf((byte)' ');
            ReadOnlySpan<byte> place = blank < 0 ? rest : rest[..blank];
            rest = blank < 0 ? [] : rest[(blank + 1)..];
            if (!Utf8Parser.TryParse(place, out int at, out int used) || place.Length <= used + 1 || place[used] != (byte)':'
                || !Utf8Parser.TryParse(place[(used + 1)..], out int size, out int more) || place.Length <= used + more + 1
                || at < 0 || size <= 0 || (long)at + size > Header.Reports)
            {
                throw Damaged(Path);
            }

            places.Add((at, size, Encoding.UTF8.GetString(place[(used + more + 2)..])));
        }

        return places;
    }

    private OsvEntry Parse(int at, int length)
    {
        if (!_parsed.TryGetValue(at, out OsvEntry? entry))
        {
            try
            {
                entry = JsonSerializer.Deserialize(_bytes.AsSpan(_reports + at, length), OsvJson.Default.OsvEntry) ?? throw Damaged(Path);
            }
            catch (JsonException e)
            {
                throw Damaged(Path, e);
            }

            _parsed.Add(at, entry);
        }

        return entry;
    }
}
