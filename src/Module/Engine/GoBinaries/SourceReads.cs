using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>Reads that are whole or do not happen.</summary>
internal static class SourceReads
{
    /// <summary>Fills a buffer from a position.</summary>
    /// <returns>False if the source ends before the buffer is full, or the position is none.</returns>
    public static bool TryRead(this IRandomAccessSource source, long offset, Span<byte> buffer) =>
        offset >= 0
        && offset <= source.Length - buffer.Length
        && source.Read(offset, buffer) == buffer.Length;
}
