using GoCross.Files;

namespace GoCross.Tests;

/// <summary>Bytes in memory, read as a file is.</summary>
public sealed class BytesSource(byte[] bytes, string name = "bytes") : IRandomAccessSource
{
    public string Name => name;

    public long Length => bytes.Length;

    public int Read(long offset, Span<byte> buffer)
    {
        Assert.True(offset >= 0, "Nothing may be read before the beginning.");
        if (offset >= bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = bytes.AsSpan((int)offset);
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }

    public void Dispose()
    {
    }
}
