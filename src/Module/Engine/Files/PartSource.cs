namespace GoCross.Files;

/// <summary>A part of a source, read by position as if it were a file of its own. The whole stays its owner's to close.</summary>
/// <param name="whole">The source.</param>
/// <param name="start">Where the part begins, in bytes from the source's beginning.</param>
/// <param name="length">Its length in bytes.</param>
internal sealed class PartSource(IRandomAccessSource whole, long start, long length) : IRandomAccessSource
{
    /// <inheritdoc/>
    public string Name => whole.Name;

    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> buffer) => offset >= length
        ? 0
        : whole.Read(start + offset, buffer[..(int)Math.Min(buffer.Length, length - offset)]);

    /// <summary>Does nothing: the whole is its owner's.</summary>
    public void Dispose()
    {
    }
}
