using System.Buffers.Binary;
using System.Text;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>Reads the headers of a PE file (Microsoft, PE Format: COFF file header, optional header, section table).</summary>
internal static class PeImage
{
    private const int SectionHeaderSize = 40;
    private const uint MemoryExecute = 0x20000000;
    private const uint MemoryWrite = 0x80000000;

    /// <summary>Reads the headers.</summary>
    /// <returns>Null if they are not those of a PE image.</returns>
    public static ProgramImage? TryOpen(IRandomAccessSource source)
    {
        Span<byte> dos = stackalloc byte[64];
        Span<byte> header = stackalloc byte[24 + 32];
        if (!source.TryRead(0, dos) || !dos.StartsWith("MZ"u8))
        {
            return null;
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(dos[60..]);
        if (!source.TryRead(start, header) || !header.StartsWith("PE\0\0"u8))
        {
            return null;
        }

        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        ushort optionalSize = BinaryPrimitives.ReadUInt16LittleEndian(header[20..]);
        bool wide;
        switch (BinaryPrimitives.ReadUInt16LittleEndian(header[24..]))
        {
            case 0x10B:
                wide = false;
                break;
            case 0x20B:
                wide = true;
                break;
            default:
                return null;
        }

        ulong imageBase = wide
            ? BinaryPrimitives.ReadUInt64LittleEndian(header[(24 + 24)..])
            : BinaryPrimitives.ReadUInt32LittleEndian(header[(24 + 28)..]);
        var sections = new List<ImageRange>();
        byte[] table = new byte[count * SectionHeaderSize];
        if (!source.TryRead(start + 24 + optionalSize, table))
        {
            return null;
        }

        for (int at = 0; at < table.Length; at += SectionHeaderSize)
        {
            ReadOnlySpan<byte> section = table.AsSpan(at, SectionHeaderSize);
            uint virtualSize = BinaryPrimitives.ReadUInt32LittleEndian(section[8..]);
            uint rawSize = BinaryPrimitives.ReadUInt32LittleEndian(section[16..]);
            uint characteristics = BinaryPrimitives.ReadUInt32LittleEndian(section[36..]);
            sections.Add(ImageRange.Create(
                ReadName(section[..8]),
                imageBase + BinaryPrimitives.ReadUInt32LittleEndian(section[12..]),
                BinaryPrimitives.ReadUInt32LittleEndian(section[20..]),
                virtualSize == 0 ? rawSize : Math.Min(virtualSize, rawSize),
                0,
                source.Length,
                (characteristics & MemoryWrite) != 0,
                (characteristics & MemoryExecute) != 0));
        }

        return new ProgramImage
        {
            Source = source,
            Format = BinaryFormat.Pe,
            PointerSize = wide ? 8 : 4,
            BigEndian = false,
            Segments = sections,
            Sections = sections,
        };
    }

    private static string ReadName(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
