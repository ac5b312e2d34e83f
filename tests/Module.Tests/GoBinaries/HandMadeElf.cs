using System.Buffers.Binary;
using System.Text;

namespace GoCross.Tests.GoBinaries;

/// <summary>Writes programs as no linker that is still at hand does, and takes pieces out of real ones.</summary>
internal static class HandMadeElf
{
    /// <summary>The byte 255 and " Go buildinf:", then the size of a pointer and the flags.</summary>
    public static byte[] Magic(int pointerSize, int flags) => [0xFF, .. " Go buildinf:"u8, (byte)pointerSize, (byte)flags];

    /// <summary>The text for the build information as cmd/go frames it: 16 bytes at either end.</summary>
    public static byte[] Framed(string text) => [.. new byte[16], .. Encoding.UTF8.GetBytes(text), .. new byte[16]];

    /// <summary>A string with its length in front, as Go 1.18 and later have it in the block.</summary>
    public static byte[] Counted(byte[] text)
    {
        var bytes = new List<byte>();
        int rest = text.Length;
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes.Add((byte)(rest | 0x80));
        }

        return [.. bytes, (byte)rest, .. text];
    }

    /// <summary>A number in a byte order.</summary>
    public static byte[] Number(int size, bool big, ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes = bytes[..size];
        if (big)
        {
            Array.Reverse(bytes);
        }

        return bytes;
    }

    /// <summary>An ELF file of program headers and their content only (gABI, chapter 5).</summary>
    /// <param name="wide">ELFCLASS64.</param>
    /// <param name="big">ELFDATA2MSB.</param>
    /// <param name="segments">p_type, p_flags, p_vaddr and what the file holds of it.</param>
    public static byte[] Build(bool wide, bool big, params (uint Type, uint Flags, ulong Address, byte[] Content)[] segments)
    {
        int word = wide ? 8 : 4;
        int headerSize = wide ? 64 : 52;
        int entrySize = wide ? 56 : 32;
        byte[] N(int size, ulong value) => Number(size, big, value);
        var file = new List<byte>
        {
            0x7F, (byte)'E', (byte)'L', (byte)'F', (byte)(wide ? 2 : 1), (byte)(big ? 2 : 1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        };
        file.AddRange([.. N(2, 2), .. N(2, 62), .. N(4, 1), .. N(word, 0), .. N(word, (ulong)headerSize), .. N(word, 0)]);
        file.AddRange([.. N(4, 0), .. N(2, (ulong)headerSize), .. N(2, (ulong)entrySize), .. N(2, (ulong)segments.Length)]);
        file.AddRange([.. N(2, 0), .. N(2, 0), .. N(2, 0)]);
        ulong offset = (ulong)(headerSize + (entrySize * segments.Length));
        foreach ((uint type, uint flags, ulong address, byte[] content) in segments)
        {
            ulong size = (ulong)content.Length;
            file.AddRange(wide
                ? [.. N(4, type), .. N(4, flags), .. N(8, offset), .. N(8, address), .. N(8, address), .. N(8, size), .. N(8, size), .. N(8, 1)]
                : [.. N(4, type), .. N(4, offset), .. N(4, address), .. N(4, address), .. N(4, size), .. N(4, size), .. N(4, flags), .. N(4, 1)]);
            offset += size;
        }

        foreach ((uint _, uint _, ulong _, byte[] content) in segments)
        {
            file.AddRange(content);
        }

        return [.. file];
    }

    /// <summary>A copy of an ELF file whose header says that there are no section headers, as sstrip leaves it.</summary>
    public static byte[] WithoutSections(byte[] file)
    {
        byte[] copy = [.. file];
        bool wide = copy[4] == 2;
        copy.AsSpan(wide ? 40 : 32, wide ? 8 : 4).Clear();
        copy.AsSpan(wide ? 60 : 48, 4).Clear();
        return copy;
    }
}
