using System.Security.Cryptography;
using System.Text;
using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>
/// Finds the files that go:embed put into variables of type embed.FS, in stripped programs, too. Such a variable points to a slice
/// whose header stands right before its array, and each of the array's records has a file's name, its text, and the first 16 bytes
/// of the text's SHA-256 (cmd/compile, staticdata.WriteEmbed), by which it is told for certain.
/// </summary>
internal sealed class EmbeddedFiles
{
    /// <summary>More files than any program has in one variable.</summary>
    private const int MaxFiles = 100_000;

    private const int MaxNameLength = 4096;
    private const int HashLength = 16;
    private const int WindowSize = 1024 * 1024;

    /// <summary>How often the length of the program is read at most: its records and its texts are in it once each.</summary>
    private const int MaxReads = 2;

    private readonly ProgramImage _image;
    private readonly AddressReader _reader;
    private readonly int _word;
    private readonly CancellationToken _cancellation;
    private readonly HashSet<ulong> _taken = [];
    private readonly Dictionary<(long Offset, long Length), byte[]?> _hashes = [];
    private readonly List<(EmbeddedFile File, long Offset)> _files = [];

    // In bytes. Records and texts do not overlap, so a program of a linker needs its own length at most; one made to keep us
    // busy, with headers that all point to the same records or texts, needs more.
    private long _unread;

    private EmbeddedFiles(ProgramImage image, AddressReader reader, CancellationToken cancellation)
    {
        _image = image;
        _reader = reader;
        _word = image.PointerSize;
        _cancellation = cancellation;
        _unread = MaxReads * image.Source.Length;
    }

    private int RecordSize => (4 * _word) + HashLength;

    private int HeaderSize => 3 * _word;

    /// <summary>Finds them.</summary>
    /// <param name="image">The program.</param>
    /// <param name="reader">Reads its words.</param>
    /// <param name="skip">A range of the file in which there is none: the function table.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The files that hold something, and where in the program's file.</returns>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static IReadOnlyList<(EmbeddedFile File, long Offset)> Find(
        ProgramImage image, AddressReader reader, (long Start, long End) skip, CancellationToken cancellation)
    {
        var found = new EmbeddedFiles(image, reader, cancellation);
        foreach (ulong address in reader.PlacesBefore((ulong)found.HeaderSize))
        {
            found.Take(address);
        }

        byte[] window = System.Buffers.ArrayPool<byte>.Shared.Rent(WindowSize);
        try
        {
            foreach (ImageRange segment in image.Segments.Where(segment => !segment.Executable))
            {
                found.Scan(segment, window, skip);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(window);
        }

        return found._files;
    }

    // Where the file has the words themselves: one that points to the place behind the header that it begins.
    private void Scan(ImageRange segment, byte[] window, (long Start, long End) skip)
    {
        int first = (int)((ulong)_word - (segment.Address % (ulong)_word)) % _word;
        for (long done = first; done < segment.Length;)
        {
            _cancellation.ThrowIfCancellationRequested();
            long offset = segment.Offset + done;
            if (offset >= skip.Start && offset < skip.End)
            {
                done += Math.Max(_word, (skip.End - offset) / _word * _word);
                continue;
            }

            int length = _image.Source.Read(offset, window.AsSpan(0, (int)Math.Min(WindowSize, segment.Length - done))) / _word * _word;
            if (length == 0)
            {
                return;
            }

            ulong address = segment.Address + (ulong)done;
            for (int at = 0; at < length; at += _word)
            {
                if (_image.ReadWord(window.AsSpan(at)) == address + (ulong)at + (ulong)HeaderSize)
                {
                    Take(address + (ulong)at);
                }
            }

            done += length;
        }
    }

    private void Take(ulong header)
    {
        Span<byte> counts = stackalloc byte[16];
        counts = counts[..(2 * _word)];
        if (!TryRead(header + (ulong)_word, counts))
        {
            return;
        }

        ulong count = _image.ReadWord(counts);
        if (count is 0 or > MaxFiles || _image.ReadWord(counts[_word..]) != count)
        {
            return;
        }

        // A linker may write the address where a relocation has it, too: the header is found twice.
        int length = (int)count * RecordSize;
        ulong first = header + (ulong)HeaderSize;
        if (!_image.TryMap(first, out _, out long mapped) || mapped < length || !_taken.Add(header) || !Spend(length))
        {
            return;
        }

        byte[] records = new byte[length];
        if (!TryRead(first, records))
        {
            return;
        }

        var files = new List<(EmbeddedFile File, long Offset)>();
        for (int at = 0; at < records.Length; at += RecordSize)
        {
            if (!TryRead(records.AsSpan(at, RecordSize), first + (ulong)at, out (EmbeddedFile File, long Offset)? file))
            {
                return;
            }

            if (file is { } one)
            {
                files.Add(one);
            }
        }

        _files.AddRange(files);
    }

    // A folder has no text and no hash.
    private bool TryRead(ReadOnlySpan<byte> record, ulong address, out (EmbeddedFile File, long Offset)? file)
    {
        file = null;
        ulong nameLength = _image.ReadWord(record[_word..]);
        ulong length = _image.ReadWord(record[(3 * _word)..]);
        if (nameLength is 0 or > MaxNameLength
            || !_image.TryMap(_reader.Word(address, record[.._word]), out long nameAt, out long available) || (ulong)available < nameLength)
        {
            return false;
        }

        byte[] name = new byte[nameLength];
        if (!_image.Source.TryRead(nameAt, name) || name.AsSpan().IndexOfAnyInRange((byte)0, (byte)31) >= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> hash = record[(4 * _word)..];
        if (length == 0)
        {
            return true;
        }

        int dataAt = 2 * _word;
        if (length > int.MaxValue
            || !_image.TryMap(_reader.Word(address + (ulong)dataAt, record.Slice(dataAt, _word)), out long offset, out available)
            || (ulong)available < length
            || HashOnce(offset, (long)length) is not { } full
            || !IsHash(full, hash))
        {
            return false;
        }

        file = (new EmbeddedFile(Encoding.UTF8.GetString(name), (long)length), offset);
        return true;
    }

    // Some versions of Go, 1.23 among them, keep each bit's opposite (cmd/internal/notsha256).
    private static bool IsHash(ReadOnlySpan<byte> full, ReadOnlySpan<byte> kept)
    {
        bool isSame = true;
        bool isOpposite = true;
        for (int i = 0; i < kept.Length; i++)
        {
            isSame &= full[i] == kept[i];
            isOpposite &= full[i] == (byte)~kept[i];
        }

        return isSame || isOpposite;
    }

    // Files of the same text share it. Null where no more may be read.
    private byte[]? HashOnce(long offset, long length)
    {
        if (!_hashes.TryGetValue((offset, length), out byte[]? hash))
        {
            hash = Spend(length) ? HashOf(offset, length) : null;
            _hashes.Add((offset, length), hash);
        }

        return hash;
    }

    // Whether so much may still be read.
    private bool Spend(long length)
    {
        _unread -= length;
        return _unread >= 0;
    }

    private byte[] HashOf(long offset, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Math.Min(length, 64 * 1024)];
        for (long done = 0; done < length;)
        {
            _cancellation.ThrowIfCancellationRequested();
            int read = _image.Source.Read(offset + done, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)));
            if (read == 0)
            {
                break;
            }

            hash.AppendData(buffer, 0, read);
            done += read;
        }

        return hash.GetHashAndReset();
    }

    private bool TryRead(ulong address, Span<byte> bytes) =>
        _image.TryMap(address, out long offset, out long available) && available >= bytes.Length && _image.Source.TryRead(offset, bytes);
}
