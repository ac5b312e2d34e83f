using System.Buffers;

namespace GoCross.Sizes;

/// <summary>
/// Tables that several functions share, told by where they start: each ends where the next one starts. A table that
/// several packages use is split between them by how often each does, so that its bytes are counted once.
/// </summary>
internal sealed class SharedTables : IDisposable
{
    private const int DigitBits = 11;

    private ulong[] _uses = ArrayPool<ulong>.Shared.Rent(64 * 1024);
    private int _count;

    /// <summary>The highest start that was seen.</summary>
    public uint Last { get; private set; }

    /// <summary>Notes that a package uses the table at an offset.</summary>
    public void Use(uint offset, int package)
    {
        if (_count == _uses.Length)
        {
            ulong[] larger = ArrayPool<ulong>.Shared.Rent(_count * 2);
            _uses.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<ulong>.Shared.Return(_uses);
            _uses = larger;
        }

        _uses[_count++] = ((ulong)offset << 32) | (uint)package;
        Last = Math.Max(Last, offset);
    }

    /// <summary>Gives each package its bytes.</summary>
    /// <param name="end">Where the last table ends.</param>
    /// <param name="bytes">The bytes by package; are added to.</param>
    public void Split(long end, long[] bytes)
    {
        SortByOffset();
        ReadOnlySpan<ulong> uses = _uses.AsSpan(0, _count);
        for (int i = 0; i < uses.Length;)
        {
            uint offset = (uint)(uses[i] >> 32);
            int next = i + 1;
            while (next < uses.Length && (uint)(uses[next] >> 32) == offset)
            {
                next++;
            }

            long length = (next < uses.Length ? (uint)(uses[next] >> 32) : Math.Max(end, offset)) - (long)offset;
            int all = next - i;
            for (int seen = 0; i < next; i++, seen++)
            {
                bytes[(uint)uses[i]] += (length * (seen + 1) / all) - (length * seen / all);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_uses);
        _uses = [];
    }

    // Digit by digit, lowest first: a large program has a million uses, which takes a comparing sort ten times as long.
    private void SortByOffset()
    {
        const int Digits = 1 << DigitBits;
        ulong[] other = ArrayPool<ulong>.Shared.Rent(_uses.Length);
        Span<int> places = stackalloc int[Digits];
        for (int shift = 32; shift < 64 && Last >> (shift - 32) != 0; shift += DigitBits)
        {
            places.Clear();
            foreach (ulong use in _uses.AsSpan(0, _count))
            {
                places[(int)(use >> shift) & (Digits - 1)]++;
            }

            int place = 0;
            foreach (ref int digit in places)
            {
                (digit, place) = (place, place + digit);
            }

            foreach (ulong use in _uses.AsSpan(0, _count))
            {
                other[places[(int)(use >> shift) & (Digits - 1)]++] = use;
            }

            (_uses, other) = (other, _uses);
        }

        ArrayPool<ulong>.Shared.Return(other);
    }
}
