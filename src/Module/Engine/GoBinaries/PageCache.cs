using System.Buffers;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>
/// Keeps the last few pages read of a source, for tables whose parts are read side by side, each from its beginning to
/// its end. Memory is bounded whatever the file's size. Not safe for several threads.
/// </summary>
internal sealed class PageCache(IRandomAccessSource source) : IDisposable
{
    private const int PageSize = 16 * 1024;
    private const int PageCount = 16;

    private readonly byte[] _pages = ArrayPool<byte>.Shared.Rent(PageSize * PageCount);
    private readonly long[] _numbers = NoNumbers();
    private readonly int[] _lengths = new int[PageCount];
    private readonly long[] _uses = new long[PageCount];
    private readonly byte[] _across = new byte[64];
    private long _clock;
    private int _last;

    /// <summary>Gives bytes that stay valid until the next call.</summary>
    /// <param name="offset">Where they start in the source.</param>
    /// <param name="length">How many: 64 at most.</param>
    /// <returns>Fewer, where the source ends.</returns>
    public ReadOnlySpan<byte> Peek(long offset, int length)
    {
        ReadOnlySpan<byte> first = Tail(offset);
        if (first.Length >= length)
        {
            return first[..length];
        }

        first.CopyTo(_across);
        ReadOnlySpan<byte> second = first.IsEmpty ? [] : Tail(offset + first.Length);
        second = second[..Math.Min(second.Length, length - first.Length)];
        second.CopyTo(_across.AsSpan(first.Length));
        return _across.AsSpan(0, first.Length + second.Length);
    }

    /// <summary>Gives the bytes from a position to the end of its page, which stay valid until the next call.</summary>
    /// <returns>At least one, but at the source's end none.</returns>
    public ReadOnlySpan<byte> Tail(long offset)
    {
        long number = offset / PageSize;
        int page = Find(number);
        int into = (int)(offset - (number * PageSize));
        return into >= _lengths[page] ? [] : _pages.AsSpan((page * PageSize) + into, _lengths[page] - into);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_pages);

    private static long[] NoNumbers()
    {
        long[] numbers = new long[PageCount];
        Array.Fill(numbers, -1);
        return numbers;
    }

    private int Find(long number)
    {
        if (_numbers[_last] == number)
        {
            return _last;
        }

        int page = Array.IndexOf(_numbers, number);
        if (page < 0)
        {
            page = Oldest();
            _numbers[page] = -1;
            _lengths[page] = source.Read(number * PageSize, _pages.AsSpan(page * PageSize, PageSize));
            _numbers[page] = number;
        }

        _uses[page] = ++_clock;
        return _last = page;
    }

    private int Oldest()
    {
        int oldest = 0;
        for (int i = 1; i < PageCount; i++)
        {
            if (_uses[i] < _uses[oldest])
            {
                oldest = i;
            }
        }

        return oldest;
    }
}
