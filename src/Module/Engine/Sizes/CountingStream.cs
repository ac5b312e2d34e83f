using GoCross.Files;

namespace GoCross.Sizes;

/// <summary>Counts the bytes that are written and keeps none.</summary>
internal sealed class CountingStream : WriteOnlyStream
{
    /// <summary>How many bytes were written.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

    /// <inheritdoc/>
    public override void Flush()
    {
    }
}
