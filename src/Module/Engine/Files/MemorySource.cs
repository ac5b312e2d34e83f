namespace GoCross.Files;

/// <summary>Bytes in memory, read by position. Safe for several threads.</summary>
/// <param name="name">What errors call it.</param>
/// <param name="bytes">The bytes, which nobody changes any more.</param>
internal sealed class MemorySource(string name, ReadOnlyMemory<byte> bytes) : IRandomAccessSource
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> buffer)
    {
        if (offset >= bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }

    /// <summary>Does nothing: there is nothing to close.</summary>
    public void Dispose()
    {
    }
}
