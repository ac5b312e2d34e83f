using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Vulnerabilities;

/// <summary>
/// A database in one file, made once so that a question costs little: a line about the file, three tables of places, and
/// what they point to: the reports by their ids, the packages by their names with the numbers of their reports, and the
/// texts of all, each once. Nothing is read but what a question is about.
/// </summary>
internal sealed class DatabaseIndex
{
    /// <summary>The extension of such files.</summary>
    internal const string Extension = ".vulnindex";

    private const int MaxHeaderLength = 64 * 1024;

    /// <summary>All of Debian's reports, shortened, are less than a tenth.</summary>
    private const long MaxFileLength = 1L << 30;

    private readonly byte[] _bytes;
    private readonly int _tables;
    private readonly int _content;
    private readonly OsvEntry?[] _entries;
    private readonly string?[] _texts;

    private DatabaseIndex(string path, byte[] bytes, DatabaseHeader header, int tables, int content)
    {
        Path = path;
        Header = header;
        _bytes = bytes;
        _tables = tables;
        _content = content;
        _entries = new OsvEntry?[header.Entries];
        _texts = new string?[header.Texts];
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
            if (file.Length > MaxFileLength)
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
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal static DatabaseIndex Open(string path, byte[] bytes)
    {
        int end = bytes.AsSpan(0, Math.Min(bytes.Length, MaxHeaderLength)).IndexOf((byte)'\n');
        if (end <= 0 || DatabaseHeader.TryParse(Encoding.UTF8.GetString(bytes, 0, end)) is not { } header)
        {
            throw Damaged(path);
        }

        int tables = end + 1;
        long content = tables + (sizeof(int) * ((long)header.Entries + header.Packages + header.Texts));
        return content <= bytes.Length && HashOf(bytes.AsSpan(tables)) == header.Hash
            ? new DatabaseIndex(path, bytes, header, tables, (int)content)
            : throw Damaged(path);
    }

    /// <summary>What the first line says of what follows it.</summary>
    internal static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    // Lower case for all: paths of modules differ by case in one pair of the Go database, and names of packages never do.

    /// <summary>What a package is found by.</summary>
    internal static string KeyOf(string ecosystem, string name) => $"{ecosystem}\t{name.ToLowerInvariant()}";

    /// <summary>Where a report can be read that names no other place.</summary>
    internal static string UsualLink(string id) => id.StartsWith("GO-", StringComparison.Ordinal)
        ? $"https://pkg.go.dev/vuln/{id}"
        : $"https://osv.dev/vulnerability/{id}";

    /// <summary>The reports on a package.</summary>
    /// <param name="ecosystem">OSV's name of the ecosystem: Go, Debian:12, Alpine:v3.19.</param>
    /// <param name="name">The package; the case of a Go module's path does not count.</param>
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal IReadOnlyList<OsvEntry> Find(string ecosystem, string name)
    {
        try
        {
            byte[] key = Encoding.UTF8.GetBytes(KeyOf(ecosystem, name));
            int place = FirstPackage(key);
            if (place == Header.Packages)
            {
                return [];
            }

            IndexReader reader = ReaderAt(Header.Entries + place);
            if (!reader.Bytes().SequenceEqual(key))
            {
                return [];
            }

            var found = new OsvEntry[reader.Count()];
            for (int i = 0; i < found.Length; i++)
            {
                found[i] = EntryAt(reader.Number());
            }

            return found;
        }
        catch (IndexDamagedException e)
        {
            throw Damaged(Path, e);
        }
    }

    /// <summary>Whether there is any report on an ecosystem.</summary>
    /// <param name="ecosystem">OSV's name of it.</param>
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal bool Covers(string ecosystem)
    {
        try
        {
            byte[] key = Encoding.UTF8.GetBytes(KeyOf(ecosystem, string.Empty));
            int place = FirstPackage(key);
            return place < Header.Packages && ReaderAt(Header.Entries + place).Bytes().StartsWith(key);
        }
        catch (IndexDamagedException e)
        {
            throw Damaged(Path, e);
        }
    }

    /// <summary>A report by its id, or null.</summary>
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal OsvEntry? FindId(string id)
    {
        try
        {
            int low = 0;
            for (int high = Header.Entries; low < high;)
            {
                // An id is the first text of a report.
                int middle = (low + high) / 2;
                int order = string.CompareOrdinal(ReaderAt(middle).Text(), id);
                if (order == 0)
                {
                    return EntryAt(middle);
                }

                (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
            }

            return null;
        }
        catch (IndexDamagedException e)
        {
            throw Damaged(Path, e);
        }
    }

    /// <summary>All reports, for an update that keeps most of them.</summary>
    /// <exception cref="GoCrossException">VulnerabilityDatabaseDamaged.</exception>
    internal IReadOnlyList<OsvEntry> All()
    {
        try
        {
            var all = new OsvEntry[Header.Entries];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = EntryAt(i);
            }

            return all;
        }
        catch (IndexDamagedException e)
        {
            throw Damaged(Path, e);
        }
    }

    // The place of the first package whose key is not before another.
    private int FirstPackage(ReadOnlySpan<byte> key)
    {
        int low = 0;
        for (int high = Header.Packages; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = ReaderAt(Header.Entries + middle).Bytes().SequenceCompareTo(key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static GoCrossException Damaged(string path, Exception? cause = null) => GoCrossException.FromResource(
        Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.VulnerabilityDatabaseDamaged), cause, path);

    // The tables lie behind each other: reports, packages, texts. Each thing ends where the next begins, so that all
    // together are no more than the file, whatever its tables say.
    private IndexReader ReaderAt(int place)
    {
        int size = _bytes.Length - _content;
        int at = PlaceAt(place);
        int end = (place + 1) * sizeof(int) == _content - _tables ? size : PlaceAt(place + 1);
        return at >= 0 && at < end && end <= size
            ? new IndexReader(_bytes.AsSpan(_content + at, end - at), TextAt)
            : throw new IndexDamagedException();
    }

    private int PlaceAt(int place) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_tables + (place * sizeof(int))));

    private OsvEntry EntryAt(int number) => number < _entries.Length
        ? _entries[number] ??= ReaderAt(number).Entry()
        : throw new IndexDamagedException();

    private string TextAt(int number) => number < _texts.Length
        ? _texts[number] ??= Encoding.UTF8.GetString(ReaderAt(Header.Entries + Header.Packages + number).Bytes())
        : throw new IndexDamagedException();
}
