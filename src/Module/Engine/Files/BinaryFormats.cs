using System.Buffers.Binary;

namespace GoCross.Files;

/// <summary>Tells what a file is from its first bytes. The one place that knows them.</summary>
public static class BinaryFormats
{
    /// <summary>
    /// More architectures than any file has. A Java class file begins with the same magic as a universal Mach-O file,
    /// and has its version, 45 or more, where that has the number of architectures.
    /// </summary>
    internal const int MaxArchitectures = 32;

    /// <summary>As many bytes as it takes to tell; fewer tell as much as they can.</summary>
    internal const int HeadSize = 8;

    /// <summary>Tells what a file is.</summary>
    /// <param name="source">The file's bytes. The caller keeps it.</param>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static BinaryFormat Detect(IRandomAccessSource source)
    {
        Span<byte> buffer = stackalloc byte[HeadSize];
        return Detect(buffer[..source.Read(0, buffer)]);
    }

    /// <summary>Tells what a file is from its beginning.</summary>
    /// <param name="start">The file's beginning, of which no more than <see cref="HeadSize"/> bytes are looked at.</param>
    internal static BinaryFormat Detect(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> head = start[..Math.Min(start.Length, HeadSize)];
        return head switch
        {
            _ when head.StartsWith("\u007fELF"u8) => BinaryFormat.Elf,
            _ when head.StartsWith("MZ"u8) => BinaryFormat.Pe,
            _ when head.StartsWith("#!"u8) => BinaryFormat.Script,
            _ when head.StartsWith("\0asm"u8) => BinaryFormat.WebAssembly,
            _ when head.StartsWith("!<arch>\n"u8) || head.StartsWith("!<thin>\n"u8) => BinaryFormat.Archive,
            _ when head.Length == HeadSize => DetectMachO(head),
            _ => BinaryFormat.Unknown,
        };
    }

    // Both widths in both byte orders; the file of several architectures, in two widths.
    private static BinaryFormat DetectMachO(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadUInt32BigEndian(head) switch
    {
        0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE => BinaryFormat.MachO,
        0xCAFEBABE or 0xCAFEBABF when BinaryPrimitives.ReadUInt32BigEndian(head[4..]) is > 0 and <= MaxArchitectures =>
            BinaryFormat.MachOUniversal,
        _ => BinaryFormat.Unknown,
    };
}
