namespace GoCross.Files;

/// <summary>
/// Bytes that are read by position: a file on disk, or a file inside an image that is never extracted. Readers of
/// binary formats take one, so that they neither hold a whole file in memory nor care where it lies.
/// </summary>
public interface IRandomAccessSource : IDisposable
{
    /// <summary>What errors call it: a full path, or an image and the path in it.</summary>
    string Name { get; }

    /// <summary>Its length in bytes. Does not change.</summary>
    long Length { get; }

    /// <summary>Reads at a position. May be called by several threads at once.</summary>
    /// <param name="offset">Where to start, in bytes from the beginning; may lie at or behind the end.</param>
    /// <param name="buffer">Is filled from its beginning.</param>
    /// <returns>How many bytes were read: fewer than asked only where the source ends.</returns>
    int Read(long offset, Span<byte> buffer);
}
