using System.Buffers.Binary;

namespace GoCross.Packers;

/// <summary>
/// Takes UPX's filters back: before it compresses code it turns the relative targets of calls into absolute ones, which are
/// alike more often.
/// </summary>
internal static class UpxFilter
{
    /// <summary>Takes a filter back.</summary>
    /// <param name="id">The filter: 0 for none, 0x46 and 0x49 for x86, 0x50 for arm, 0x52 for arm64, 0xd0 for ppc64.</param>
    /// <param name="mark">The byte that filtered targets begin with (b_cto8).</param>
    /// <param name="block">The block, which is changed in place.</param>
    /// <returns>False for a filter that is not known.</returns>
    public static bool TryUndo(byte id, byte mark, Span<byte> block)
    {
        switch (id)
        {
            case 0:
                return true;
            case 0x46:
            case 0x49:
                UndoX86(block, mark, withConditions: id == 0x49);
                return true;
            case 0x50:
                UndoArm(block);
                return true;
            case 0x52:
                UndoArm64(block);
                return true;
            case 0xd0:
                UndoPowerPc(block, mark);
                return true;
            default:
                return false;
        }
    }

    // E8 and E9 (call and jmp) and, with 0x49, 0F 80 to 0F 8F (jcc), each with four bytes of target.
    private static void UndoX86(Span<byte> block, byte mark, bool withConditions)
    {
        int behind = 0;
        for (int at = 0; at < block.Length - 5; at++)
        {
            byte code = block[at];
            bool isBranch = code is 0xe8 or 0xe9
                || (withConditions && at != behind && code is >= 0x80 and <= 0x8f && block[at - 1] == 0x0f);
            if (isBranch && block[at + 1] == mark)
            {
                Span<byte> target = block.Slice(at + 1, 4);
                uint absolute = BinaryPrimitives.ReadUInt32BigEndian(target) - ((uint)mark << 24);
                BinaryPrimitives.WriteUInt32LittleEndian(target, unchecked(absolute - (uint)at - 1));
                at += 4;
                behind = at + 1;
            }
        }
    }

    // BL: the lower 24 bits are the distance in instructions.
    private static void UndoArm(Span<byte> block)
    {
        for (int at = 0; at < block.Length - 4; at += 4)
        {
            if ((block[at + 3] & 0x0f) == 0x0b)
            {
                AddToLow(block.Slice(at, 4), at, 0x00ff_ffff);
            }
        }
    }

    // B and BL: the lower 26 bits.
    private static void UndoArm64(Span<byte> block)
    {
        for (int at = 0; at < block.Length - 4; at += 4)
        {
            if ((block[at + 3] & 0x7c) == 0x14)
            {
                AddToLow(block.Slice(at, 4), at, 0x03ff_ffff);
            }
        }
    }

    private static void AddToLow(Span<byte> instruction, int at, uint mask)
    {
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(instruction);
        uint low = unchecked((word & mask) - ((uint)at / 4)) & mask;
        BinaryPrimitives.WriteUInt32LittleEndian(instruction, (word & ~mask) | low);
    }

    // I-form branches (opcode 18): the mark takes the distance's upper four bits.
    private static void UndoPowerPc(Span<byte> block, byte mark)
    {
        const int MarkBits = 4;
        const uint Distance = ((1u << (26 - MarkBits)) - 1) & ~3u;
        int end = Math.Min(block.Length - 4, 1 << (26 - MarkBits));
        for (int at = 0; at <= end; at += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(block[at..]);
            if (word >> 26 == 18 && ((word >> (26 - MarkBits)) & ((1 << MarkBits) - 1)) == mark)
            {
                uint relative = unchecked((word & Distance) - (uint)at) & 0x03ff_fffc;
                BinaryPrimitives.WriteUInt32BigEndian(block[at..], (word & 0xfc00_0003) | relative);
            }
        }
    }
}
