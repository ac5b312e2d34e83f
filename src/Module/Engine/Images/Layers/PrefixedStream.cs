using GoCross.Files;

namespace GoCross.Images;

/// <summary>A stream whose first bytes were read already. The rest is its owner's to dispose.</summary>
/// <param name="prefix">The first bytes.</param>
/// <param name="rest">What follows them.</param>
internal sealed class PrefixedStream(byte[] prefix, Stream rest) : ForwardOnlyStream
{
    private int _used;

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(prefix.Length - _used, buffer.Length);
        if (count == 0)
        {
            return rest.Read(buffer);
        }

        prefix.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        return count;
    }
}
