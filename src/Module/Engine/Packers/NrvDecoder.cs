namespace GoCross.Packers;

/// <summary>Which of UCL's three codes: they differ in how offsets and lengths of matches are written.</summary>
internal enum NrvCode
{
    /// <summary>NRV2B.</summary>
    B,

    /// <summary>NRV2D.</summary>
    D,

    /// <summary>NRV2E.</summary>
    E,
}

/// <summary>Decodes what UCL compressed with NRV2B, NRV2D or NRV2E, which UPX uses unless it is told otherwise.</summary>
internal static class NrvDecoder
{
    /// <summary>How many bytes are decoded between two looks at the cancellation.</summary>
    private const int BytesBetweenLooks = 256 * 1024;

    /// <summary>Decodes a block.</summary>
    /// <param name="code">The code.</param>
    /// <param name="groupSize">Bytes of a group of bits: 1, 2 or 4.</param>
    /// <param name="input">The block as it was compressed.</param>
    /// <param name="output">Where it goes. It has to be filled.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>False for damaged input: it ends too early or too late, or points to before the block.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static bool TryDecode(
        NrvCode code, int groupSize, ReadOnlySpan<byte> input, Span<byte> output, CancellationToken cancellation)
    {
        // A match from farther away is longer by one than what is written.
        uint farAway = code == NrvCode.B ? 0xd00u : 0x500u;
        var bits = new NrvBits(input, groupSize);
        int at = 0;
        int nextLook = 0;
        uint distance = 1;
        while (true)
        {
            if (at >= nextLook)
            {
                cancellation.ThrowIfCancellationRequested();
                nextLook = at + BytesBetweenLooks;
            }

            while (bits.Bit() != 0)
            {
                if (bits.Overrun || at == output.Length)
                {
                    return false;
                }

                output[at++] = bits.Byte();
            }

            uint high = ReadHigh(code, ref bits);
            if (bits.Overrun)
            {
                return false;
            }

            bool longer = false;
            if (high == 2)
            {
                // The same distance again.
                longer = code != NrvCode.B && bits.Bit() != 0;
            }
            else
            {
                uint low = unchecked(((high - 3) << 8) + bits.Byte());
                if (low == uint.MaxValue)
                {
                    return at == output.Length && bits.IsAtEnd;
                }

                if (code == NrvCode.B)
                {
                    distance = low + 1;
                }
                else
                {
                    longer = (low & 1) == 0;
                    distance = (low >> 1) + 1;
                }
            }

            uint length = ReadLength(code, longer, ref bits) + 1 + (distance > farAway ? 1u : 0u);
            if (bits.Overrun || distance > (uint)at || length > (uint)(output.Length - at))
            {
                return false;
            }

            Copy(output, at, (int)distance, (int)length);
            at += (int)length;
        }
    }

    // A prefix code of the distance's high bits. Behind the end of damaged input there are set bits, which end it.
    private static uint ReadHigh(NrvCode code, ref NrvBits bits)
    {
        uint high = 1;
        while (true)
        {
            high = (high << 1) + bits.Bit();
            if (bits.Bit() != 0)
            {
                return high;
            }

            if (code != NrvCode.B)
            {
                high = unchecked(((high - 1) << 1) + bits.Bit());
            }
        }
    }

    private static uint ReadLength(NrvCode code, bool longer, ref NrvBits bits)
    {
        if (code == NrvCode.E)
        {
            return longer ? 1 + bits.Bit() : bits.Bit() != 0 ? 3 + bits.Bit() : ReadLong(ref bits) + 3;
        }

        uint first = code == NrvCode.B ? bits.Bit() : longer ? 1u : 0u;
        uint length = (first << 1) + bits.Bit();
        return length != 0 ? length : ReadLong(ref bits) + 2;
    }

    private static uint ReadLong(ref NrvBits bits)
    {
        uint length = 1;
        do
        {
            length = (length << 1) + bits.Bit();
        }
        while (bits.Bit() == 0);
        return length;
    }

    // Source and target may overlap: then what was just written is repeated.
    private static void Copy(Span<byte> output, int at, int distance, int length)
    {
        if (distance >= length)
        {
            output.Slice(at - distance, length).CopyTo(output[at..]);
            return;
        }

        for (int end = at + length; at < end; at++)
        {
            output[at] = output[at - distance];
        }
    }
}
