using GoCross.Errors;

namespace GoCross.Images;

/// <summary>A part of a sparse file that is stored; between the parts are zeros.</summary>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct SparseSegment(long Offset, long Length);

/// <summary>What of a sparse file is stored, and where it belongs (GNU tar manual, "Storing Sparse Files").</summary>
/// <param name="scanner">The archive, at the file's entry.</param>
/// <param name="entry">Where the entry begins, for messages.</param>
internal sealed class SparseMap(TarScanner scanner, long entry)
{
    /// <summary>The most parts. Go's archive/tar reads about as many: 1 MiB of map.</summary>
    private const int MaxSegments = 1 << 16;

    private readonly List<SparseSegment> _segments = [];

    /// <summary>The version of the form; 0 for those whose map is in headers, 1 for the one whose map is before the data.</summary>
    internal long Major { get; set; }

    /// <summary>Bytes of the file; -1 where nothing says.</summary>
    internal long RealSize { get; set; } = -1;

    /// <summary>The parts, in their order.</summary>
    internal IReadOnlyList<SparseSegment> Segments => _segments;

    /// <summary>Adds a part.</summary>
    /// <exception cref="GoCrossException">TarSparseLimit.</exception>
    internal void Add(long start, long length)
    {
        if (_segments.Count == MaxSegments)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.TarSparseLimit), scanner.Label, entry, MaxSegments);
        }

        _segments.Add(new SparseSegment(start, length));
    }

    /// <summary>GNU's old form: four segments in the header, 21 in each block after it, while a flag says that another follows.</summary>
    /// <param name="header">The header.</param>
    internal void ReadOld(ReadOnlySpan<byte> header)
    {
        const int InHeader = 4;
        const int InBlock = 21;
        bool more = header[482] != 0;
        AddOld(header[386..], InHeader);
        while (more)
        {
            long at = scanner.Position;
            if (!scanner.TryReadBlock(out ReadOnlySpan<byte> block))
            {
                throw scanner.Truncated(at, TarScanner.BlockSize);
            }

            more = block[504] != 0;
            AddOld(block, InBlock);
        }
    }

    /// <summary>PAX form 0.1: "offset,length,offset,length,...".</summary>
    internal void AddText(ReadOnlySpan<byte> text)
    {
        long pending = -1;
        while (!text.IsEmpty)
        {
            int comma = text.IndexOf((byte)',');
            long number = scanner.Decimal(comma < 0 ? text : text[..comma], entry, "GNU.sparse.map");
            text = comma < 0 ? [] : text[(comma + 1)..];
            if (pending < 0)
            {
                pending = number;
            }
            else
            {
                Add(pending, number);
                pending = -1;
            }
        }
    }

    /// <summary>PAX form 1.0: the map is text, a number a line, before the data, padded to a block.</summary>
    internal void ReadFromContent()
    {
        long consumed = 0;
        for (long left = ReadNumberLine(ref consumed); left > 0; left--)
        {
            long start = ReadNumberLine(ref consumed);
            Add(start, ReadNumberLine(ref consumed));
        }

        for (long rest = (TarScanner.BlockSize - (consumed % TarScanner.BlockSize)) % TarScanner.BlockSize; rest > 0;)
        {
            ReadOnlySpan<byte> padding = scanner.ReadContent((int)rest);
            if (padding.IsEmpty)
            {
                throw scanner.Damaged(entry, "the map of a sparse file is cut off");
            }

            rest -= padding.Length;
        }
    }

    /// <summary>Whether the parts lie in order in the file, and are together what is stored.</summary>
    /// <param name="stored">Bytes that are stored.</param>
    internal bool Fits(long stored)
    {
        long end = 0;
        long sum = 0;
        foreach (SparseSegment segment in _segments)
        {
            if (segment.Offset < end || segment.Length < 0 || segment.Length > RealSize - segment.Offset)
            {
                return false;
            }

            end = segment.Offset + segment.Length;
            sum += segment.Length;
        }

        return sum == stored;
    }

    private void AddOld(ReadOnlySpan<byte> table, int count)
    {
        for (int i = 0; i < count && table[i * 24] != 0; i++)
        {
            Add(
                scanner.NumberAt(table.Slice(i * 24, 12), entry, "sparse offset"),
                scanner.NumberAt(table.Slice((i * 24) + 12, 12), entry, "sparse length"));
        }
    }

    private long ReadNumberLine(ref long consumed)
    {
        Span<byte> digits = stackalloc byte[20];
        int length = 0;
        while (true)
        {
            ReadOnlySpan<byte> next = scanner.ReadContent(1);
            if (next.IsEmpty || (next[0] != '\n' && length == digits.Length))
            {
                throw scanner.Damaged(entry, "the map of a sparse file is malformed");
            }

            consumed++;
            if (next[0] == '\n')
            {
                return scanner.Decimal(digits[..length], entry, "sparse map");
            }

            digits[length++] = next[0];
        }
    }
}
