namespace GoCross.Files;

/// <summary>A part of a stream that can be sought in, read by position. Safe for several threads, one at a time.</summary>
/// <param name="name">What errors call it.</param>
/// <param name="stream">The stream, which is disposed with this.</param>
/// <param name="start">Where the part begins, in bytes from the stream's beginning.</param>
/// <param name="length">Its length in bytes.</param>
internal sealed class StreamSource(string name, Stream stream, long start, long length) : IRandomAccessSource
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> buffer)
    {
        if (offset >= length)
        {
            return 0;
        }

        int count = (int)Math.Min(length - offset, buffer.Length);
        lock (stream)
        {
            stream.Position = start + offset;
            return stream.ReadAtLeast(buffer[..count], count, throwOnEndOfStream: false);
        }
    }

    /// <summary>Closes the stream.</summary>
    public void Dispose() => stream.Dispose();
}
