using System.Buffers.Binary;
using System.Text;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>
/// Reads the headers of a Mach-O file (Apple, OS X ABI Mach-O File Format Reference: mach_header, segment_command,
/// section; mach-o/fat.h for files of several architectures).
/// </summary>
internal static class MachOImage
{
    /// <summary>More than any linker writes.</summary>
    private const int MaxCommandBytes = 1 << 20;

    private const uint SegmentCommand32 = 0x1;
    private const uint SegmentCommand64 = 0x19;
    private const uint ProtectionWrite = 2;
    private const uint ProtectionExecute = 4;

    /// <summary>Reads the headers of a file for one architecture.</summary>
    /// <returns>Null if they are not those of a Mach-O image.</returns>
    public static ProgramImage? TryOpen(IRandomAccessSource source) => TryOpen(source, 0, source.Length);

    /// <summary>Reads the headers of each image in a file for several architectures; of none if it is not such a file.</summary>
    public static IEnumerable<ProgramImage> OpenAll(IRandomAccessSource source) =>
        Parts(source).Select(part => TryOpen(source, part.Offset, part.Offset + part.Length)).OfType<ProgramImage>();

    /// <summary>Where the file for each architecture lies in a file for several; none if it is not such a file.</summary>
    public static IEnumerable<(long Offset, long Length)> Parts(IRandomAccessSource source)
    {
        byte[] header = new byte[8];
        if (!source.TryRead(0, header))
        {
            yield break;
        }

        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint count = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        if (magic is not (0xCAFEBABE or 0xCAFEBABF) || count > BinaryFormats.MaxArchitectures)
        {
            yield break;
        }

        bool wide = magic == 0xCAFEBABF;
        byte[] table = new byte[count * (wide ? 32 : 20)];
        if (!source.TryRead(8, table))
        {
            yield break;
        }

        for (int at = 0; at < table.Length; at += wide ? 32 : 20)
        {
            ReadOnlySpan<byte> entry = table.AsSpan(at);
            ulong offset = wide
                ? BinaryPrimitives.ReadUInt64BigEndian(entry[8..])
                : BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            ulong size = wide
                ? BinaryPrimitives.ReadUInt64BigEndian(entry[16..])
                : BinaryPrimitives.ReadUInt32BigEndian(entry[12..]);
            ulong length = (ulong)source.Length;
            if (offset < length)
            {
                yield return ((long)offset, (long)Math.Min(size, length - offset));
            }
        }
    }

    private static ProgramImage? TryOpen(IRandomAccessSource source, long start, long end)
    {
        Span<byte> header = stackalloc byte[32];
        if (end - start < header.Length || !source.TryRead(start, header))
        {
            return null;
        }

        bool wide;
        bool bigEndian;
        switch (BinaryPrimitives.ReadUInt32BigEndian(header))
        {
            case 0xFEEDFACE:
                (wide, bigEndian) = (false, true);
                break;
            case 0xFEEDFACF:
                (wide, bigEndian) = (true, true);
                break;
            case 0xCEFAEDFE:
                (wide, bigEndian) = (false, false);
                break;
            case 0xCFFAEDFE:
                (wide, bigEndian) = (true, false);
                break;
            default:
                return null;
        }

        uint size = ReadUInt32(header[20..], bigEndian);
        int headerSize = wide ? 32 : 28;
        if (size > MaxCommandBytes || size > end - start - headerSize)
        {
            return null;
        }

        byte[] commands = new byte[size];
        if (!source.TryRead(start + headerSize, commands))
        {
            return null;
        }

        var segments = new List<ImageRange>();
        var sections = new List<ImageRange>();
        ReadOnlySpan<byte> rest = commands;
        for (uint n = ReadUInt32(header[16..], bigEndian); n > 0 && rest.Length >= 8; n--)
        {
            uint length = ReadUInt32(rest[4..], bigEndian);
            if (length < 8 || length > rest.Length)
            {
                return null;
            }

            if (ReadUInt32(rest, bigEndian) == (wide ? SegmentCommand64 : SegmentCommand32))
            {
                ReadSegment(rest[..(int)length], wide, bigEndian, start, end, segments, sections);
            }

            rest = rest[(int)length..];
        }

        return new ProgramImage
        {
            Source = source,
            Format = BinaryFormat.MachO,
            PointerSize = wide ? 8 : 4,
            BigEndian = bigEndian,
            Segments = segments,
            Sections = sections,
        };
    }

    private static void ReadSegment(
        ReadOnlySpan<byte> command,
        bool wide,
        bool bigEndian,
        long start,
        long end,
        List<ImageRange> segments,
        List<ImageRange> sections)
    {
        int fixedSize = wide ? 72 : 56;
        int sectionSize = wide ? 80 : 68;
        if (command.Length < fixedSize)
        {
            return;
        }

        int word = wide ? 8 : 4;
        uint protection = ReadUInt32(command[(24 + (4 * word) + 4)..], bigEndian);
        bool writable = (protection & ProtectionWrite) != 0;
        bool executable = (protection & ProtectionExecute) != 0;
        ulong length = ReadWord(command[(24 + (3 * word))..], wide, bigEndian);

        // __PAGEZERO maps nothing; its only purpose is to catch null pointers.
        if (length != 0)
        {
            segments.Add(ImageRange.Create(
                ReadName(command.Slice(8, 16)),
                ReadWord(command[24..], wide, bigEndian),
                ReadWord(command[(24 + (2 * word))..], wide, bigEndian),
                length,
                start,
                end,
                writable,
                executable));
        }

        uint count = ReadUInt32(command[(fixedSize - 8)..], bigEndian);
        ReadOnlySpan<byte> rest = command[fixedSize..];
        for (; count > 0 && rest.Length >= sectionSize; count--)
        {
            sections.Add(ImageRange.Create(
                ReadName(rest[..16]),
                ReadWord(rest[32..], wide, bigEndian),
                ReadUInt32(rest[(32 + (2 * word))..], bigEndian),
                ReadWord(rest[(32 + word)..], wide, bigEndian),
                start,
                end,
                writable,
                executable));
            rest = rest[sectionSize..];
        }
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong ReadWord(ReadOnlySpan<byte> bytes, bool wide, bool bigEndian)
    {
        if (!wide)
        {
            return ReadUInt32(bytes, bigEndian);
        }

        return bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private static string ReadName(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
