using System.Buffers.Binary;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>Tells what a file is from its first bytes.</summary>
public static class BinaryFormats
{
    /// <summary>
    /// More architectures than any file has. A Java class file begins with the same magic as a universal Mach-O file,
    /// and has its version, 45 or more, where that has the number of architectures.
    /// </summary>
    internal const int MostArchitectures = 32;

    private const int DosHeaderSize = 64;

    /// <summary>Tells what a file is.</summary>
    /// <param name="source">The file's bytes. The caller keeps it.</param>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static BinaryFormat Detect(IRandomAccessSource source)
    {
        Span<byte> buffer = stackalloc byte[DosHeaderSize];
        ReadOnlySpan<byte> head = buffer[..source.Read(0, buffer)];
        if (head.StartsWith("\u007fELF"u8))
        {
            return BinaryFormat.Elf;
        }

        if (head.StartsWith("MZ"u8))
        {
            return IsPe(source, head) ? BinaryFormat.Pe : BinaryFormat.Unknown;
        }

        if (head.StartsWith("#!"u8))
        {
            return BinaryFormat.Script;
        }

        if (head.StartsWith("!<arch>\n"u8))
        {
            return BinaryFormat.Archive;
        }

        if (head.StartsWith("\0asm"u8))
        {
            return BinaryFormat.WebAssembly;
        }

        return head.Length < 8
            ? BinaryFormat.Unknown
            : BinaryPrimitives.ReadUInt32BigEndian(head) switch
            {
                0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE => BinaryFormat.MachO,
                0xCAFEBABE or 0xCAFEBABF
                    when BinaryPrimitives.ReadUInt32BigEndian(head[4..]) <= MostArchitectures => BinaryFormat.MachOUniversal,
                _ => BinaryFormat.Unknown,
            };
    }

    /// <summary>A program of DOS has the same magic; only a PE file's header leads on to a second one.</summary>
    private static bool IsPe(IRandomAccessSource source, ReadOnlySpan<byte> head)
    {
        Span<byte> signature = stackalloc byte[4];
        return head.Length == DosHeaderSize
            && source.TryRead(BinaryPrimitives.ReadUInt32LittleEndian(head[60..]), signature)
            && signature.SequenceEqual("PE\0\0"u8);
    }
}
