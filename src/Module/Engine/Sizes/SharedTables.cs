namespace GoCross.Sizes;

/// <summary>
/// Tables that several functions share, told by where they start: each ends where the next one starts. A table that
/// several packages use is split between them by how often each does, so that its bytes are counted once.
/// </summary>
internal sealed class SharedTables
{
    private ulong[] _uses = new ulong[4096];
    private int _count;

    /// <summary>The highest start that was seen.</summary>
    public uint Last { get; private set; }

    /// <summary>Notes that a package uses the table at an offset.</summary>
    public void Use(uint offset, int package)
    {
        if (_count == _uses.Length)
        {
            Array.Resize(ref _uses, _count * 2);
        }

        _uses[_count++] = ((ulong)offset << 32) | (uint)package;
        Last = Math.Max(Last, offset);
    }

    /// <summary>Gives each package its bytes.</summary>
    /// <param name="end">Where the last table ends.</param>
    /// <param name="bytes">The bytes by package; are added to.</param>
    public void Split(long end, long[] bytes)
    {
        Span<ulong> uses = _uses.AsSpan(0, _count);
        uses.Sort();
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
}
