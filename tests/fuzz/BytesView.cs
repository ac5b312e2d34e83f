using GoCross.Files;

namespace GoCross.Fuzz;

/// <summary>The beginning of some bytes in memory, read as a file is. What is read is what the bytes are at that time.</summary>
internal sealed class BytesView(byte[] bytes, int length) : IRandomAccessSource
{
    internal BytesView(byte[] bytes)
        : this(bytes, bytes.Length)
    {
    }

    public string Name => "bytes";

    public long Length => length;

    public int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= length)
        {
            return 0;
        }

        int count = Math.Min(length - (int)offset, buffer.Length);
        bytes.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Dispose()
    {
    }
}
