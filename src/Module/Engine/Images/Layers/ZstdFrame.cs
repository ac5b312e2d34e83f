using System.Buffers.Binary;

namespace GoCross.Images;

/// <summary>The header of a Zstandard frame (RFC 8878, 3.1.1.1).</summary>
internal static class ZstdFrame
{
    /// <summary>
    /// Bytes that unpacking the first frame of a stream has to remember: its window, or its content where that is one
    /// segment. Frames that decoders skip are passed over.
    /// </summary>
    /// <param name="head">The stream's first bytes.</param>
    /// <returns>Null where these bytes do not tell.</returns>
    internal static ulong? WindowOf(ReadOnlySpan<byte> head)
    {
        const uint Magic = 0xFD2FB528;
        const uint SkippedMagic = 0x184D2A50;
        while (head.Length >= 8 && (BinaryPrimitives.ReadUInt32LittleEndian(head) & 0xFFFFFFF0) == SkippedMagic)
        {
            long next = 8L + BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            head = next < head.Length ? head[(int)next..] : [];
        }

        // The longest header has 18 bytes.
        if (head.Length < 18 || BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic)
        {
            return null;
        }

        byte descriptor = head[4];
        bool isSingleSegment = (descriptor & 0x20) != 0;
        if (!isSingleSegment)
        {
            ulong power = 1UL << (10 + (head[5] >> 3));
            return power + (power / 8 * (ulong)(head[5] & 7));
        }

        int dictionary = (descriptor & 3) switch { 3 => 4, var length => length };
        ReadOnlySpan<byte> size = head[(5 + dictionary)..];
        return (descriptor >> 6) switch
        {
            0 => size[0],
            1 => BinaryPrimitives.ReadUInt16LittleEndian(size) + 256UL,
            2 => BinaryPrimitives.ReadUInt32LittleEndian(size),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(size),
        };
    }
}
