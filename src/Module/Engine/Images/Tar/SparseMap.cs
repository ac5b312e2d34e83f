namespace GoCross.Images;

/// <summary>A part of a sparse file that is stored; between the parts are zeros.</summary>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct SparseSegment(long Offset, long Length);

/// <summary>What of a sparse file is stored, and where it belongs (GNU tar manual, "Storing Sparse Files").</summary>
internal sealed class SparseMap
{
    /// <summary>The most parts. Go's archive/tar reads about as many: 1 MiB of map.</summary>
    internal const int MaxSegments = 1 << 16;

    private readonly List<SparseSegment> _segments = [];

    /// <summary>The version of the form; 0 for those whose map is in headers, 1 for the one whose map is before the data.</summary>
    internal long Major { get; set; }

    /// <summary>Bytes of the file; -1 where nothing says.</summary>
    internal long RealSize { get; set; } = -1;

    /// <summary>The parts, in their order.</summary>
    internal IReadOnlyList<SparseSegment> Segments => _segments;

    /// <summary>Adds a part; false where there are too many.</summary>
    internal bool TryAdd(long start, long length)
    {
        if (_segments.Count == MaxSegments)
        {
            return false;
        }

        _segments.Add(new SparseSegment(start, length));
        return true;
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
}
