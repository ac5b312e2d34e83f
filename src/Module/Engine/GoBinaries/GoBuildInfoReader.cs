using System.Text;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>
/// Reads the build information that the Go linker embeds, as <c>go version -m</c> and Go's <c>debug/buildinfo</c> do,
/// from ELF, PE and Mach-O files, with positioned reads. Nothing is executed.
/// </summary>
/// <remarks>
/// The block starts at a multiple of 16 with a magic of 14 bytes, the size of a pointer and flags. From Go 1.18 on two
/// strings follow at byte 32, each with its length in front. Before, bytes 16 on are the addresses of two Go strings.
/// </remarks>
public static class GoBuildInfoReader
{
    private const int Alignment = 16;
    private const int HeaderSize = 32;

    /// <summary>A Go version with its experiments is far below.</summary>
    private const int MaxVersionLength = 4 * 1024;

    /// <summary>The modules of Kubernetes take 20 KiB.</summary>
    private const int MaxModuleTextLength = 4 * 1024 * 1024;

    /// <summary>cmd/go frames the text with 16 bytes at either end, by which it was found before there was a block.</summary>
    private const int FrameSize = 16;

    /// <summary>The byte 255, then in ASCII " Go buildinf:".</summary>
    private static ReadOnlySpan<byte> Magic =>
        [0xFF, 0x20, 0x47, 0x6F, 0x20, 0x62, 0x75, 0x69, 0x6C, 0x64, 0x69, 0x6E, 0x66, 0x3A];

    /// <summary>Reads a file's build information.</summary>
    /// <param name="fullPath">The file's full path.</param>
    /// <returns>Null if the file is not a Go program, or one older than Go 1.13, which recorded nothing.</returns>
    /// <exception cref="GoCrossException">
    /// GoBuildInfoTruncated, GoBuildInfoTooLong, GoBuildInfoLineInvalid: there is build information, and it is damaged.
    /// PathNotFound, PathIsDirectory, FileEmpty: there is no such file to read.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static GoBuildInfo? TryRead(string fullPath)
    {
        using RandomAccessFile source = RandomAccessFile.Open(fullPath);
        return TryRead(source);
    }

    /// <summary>Reads build information from a source.</summary>
    /// <param name="source">The file's bytes. The caller keeps it.</param>
    /// <returns>Null if it is not a Go program, or one older than Go 1.13.</returns>
    /// <exception cref="GoCrossException">
    /// GoBuildInfoTruncated, GoBuildInfoTooLong, GoBuildInfoLineInvalid: there is build information, and it is damaged.
    /// </exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static GoBuildInfo? TryRead(IRandomAccessSource source)
    {
        foreach (ProgramImage image in ProgramImages.Open(source))
        {
            if (TryRead(image) is { } info)
            {
                return info;
            }
        }

        return null;
    }

    /// <summary>Reads build information from an ELF file that is open already.</summary>
    /// <param name="source">The file's bytes. The caller keeps it.</param>
    /// <param name="file">What was opened of it.</param>
    /// <returns>Null if it is not a Go program, or one older than Go 1.13.</returns>
    /// <exception cref="GoCrossException">As <see cref="TryRead(IRandomAccessSource)"/>.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static GoBuildInfo? TryRead(IRandomAccessSource source, ElfFile file) =>
        ElfImage.TryCreateGo(source, file) is { } image ? TryRead(image) : null;

    /// <summary>Reads build information from a program whose headers were read before.</summary>
    internal static GoBuildInfo? TryRead(ProgramImage image)
    {
        GoCrossException? damage = null;
        var scan = new MagicScan(image, static bytes => bytes.IndexOf(Magic), HeaderSize, Alignment);
        string name = image.Format == BinaryFormat.MachO ? "__go_buildinfo" : ".go.buildinfo";
        if (image.FindSection(name) is { } section)
        {
            GoBuildInfo? info = Search(image, scan, section, ref damage);
            if (info is null && damage is null && (ulong)section.Length < section.DeclaredLength)
            {
                damage = Truncated(image, section.Offset, section.DeclaredLength);
            }

            return info ?? (damage is null ? null : throw damage);
        }

        // PE files have no such section, and the names of an ELF file may be gone.
        if (!GoSections.MayBeGo(image))
        {
            return null;
        }

        foreach (ImageRange segment in image.Segments)
        {
            if (segment.Writable && !segment.Executable && Search(image, scan, segment, ref damage) is { } info)
            {
                return info;
            }
        }

        return damage is null ? null : throw damage;
    }

    /// <summary>Looks for a block that can be read.</summary>
    /// <param name="image">The program.</param>
    /// <param name="scan">Finds the magic.</param>
    /// <param name="range">Where to look.</param>
    /// <param name="damage">
    /// What is wrong with the first block that cannot be read. It is not an error yet: the magic alone proves nothing, cmd/go
    /// has it among its data.
    /// </param>
    private static GoBuildInfo? Search(
        ProgramImage image, MagicScan scan, ImageRange range, ref GoCrossException? damage)
    {
        foreach (long at in scan.Find(range))
        {
            try
            {
                if (Decode(image, range, at) is { } info)
                {
                    return info;
                }
            }
            catch (GoCrossException e)
            {
                damage ??= e;
            }
        }

        return null;
    }

    /// <summary>Reads the block that starts at a magic.</summary>
    /// <returns>Null if it is none.</returns>
    private static GoBuildInfo? Decode(ProgramImage image, ImageRange range, long at)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (!image.Source.TryRead(range.Offset + at, header))
        {
            return null;
        }

        int pointerSize = header[14];
        byte flags = header[15];
        byte[]? version;
        byte[]? text;
        if ((flags & 2) != 0)
        {
            (version, text) = DecodeInline(image, range, at + HeaderSize);
        }
        else if (pointerSize == image.PointerSize && flags <= 1 && (flags == 1) == image.BigEndian)
        {
            version = ReadGoString(image, range.Address + (ulong)at + 16, MaxVersionLength);
            text = ReadGoString(image, range.Address + (ulong)at + 16 + (ulong)pointerSize, MaxModuleTextLength);
        }
        else
        {
            return null;
        }

        if (version is null or [])
        {
            return null;
        }

        bool framed = text is not null && text.Length > 2 * FrameSize && text[^(FrameSize + 1)] == '\n';
        return BuildInfoText.Parse(
            image.Path,
            Encoding.UTF8.GetString(version),
            framed ? text.AsSpan(FrameSize, text!.Length - (2 * FrameSize)) : []);
    }

    private static (byte[] Version, byte[] Text) DecodeInline(ProgramImage image, ImageRange range, long at)
    {
        byte[] version = ReadInlineString(image, range, ref at, MaxVersionLength);
        byte[] text = version.Length == 0 ? [] : ReadInlineString(image, range, ref at, MaxModuleTextLength);
        return (version, text);
    }

    /// <summary>Reads a string with its length in front, as Go's <c>encoding/binary.Uvarint</c> has it.</summary>
    private static byte[] ReadInlineString(ProgramImage image, ImageRange range, ref long at, int maxLength)
    {
        Span<byte> head = stackalloc byte[10];
        head = head[..(int)Math.Min(head.Length, range.Length - at)];
        head = head[..image.Source.Read(range.Offset + at, head)];
        ulong length = 0;
        int taken = 0;
        bool ended = false;
        while (taken < head.Length && !ended)
        {
            byte value = head[taken];
            if (taken == 9 && value > 1)
            {
                break;
            }

            length |= (ulong)(value & 0x7F) << (7 * taken);
            taken++;
            ended = value < 0x80;
        }

        if (!ended || length > (ulong)(range.Length - at - taken))
        {
            throw Truncated(image, range.Offset + at, length);
        }

        if (length > (ulong)maxLength)
        {
            throw TooLong(image, range.Offset + at, length, maxLength);
        }

        byte[] content = new byte[length];
        if (!image.Source.TryRead(range.Offset + at + taken, content))
        {
            throw Truncated(image, range.Offset + at, length);
        }

        at += taken + content.Length;
        return content;
    }

    /// <summary>Reads the Go string whose header (address and length) is at the address that a pointer holds.</summary>
    /// <returns>Null if the pointer leads nowhere.</returns>
    private static byte[]? ReadGoString(ProgramImage image, ulong pointer, int maxLength)
    {
        if (ReadPointer(image, pointer) is not { } header
            || ReadPointer(image, header) is not { } content
            || !image.TryMap(header + (ulong)image.PointerSize, out long at, out _))
        {
            return null;
        }

        Span<byte> word = stackalloc byte[8];
        word = word[..image.PointerSize];
        if (!image.Source.TryRead(at, word))
        {
            return null;
        }

        ulong length = image.ReadWord(word);
        if (length == 0)
        {
            return [];
        }

        if (!image.TryMap(content, out long offset, out long available) || length > (ulong)available)
        {
            throw Truncated(image, at, length);
        }

        if (length > (ulong)maxLength)
        {
            throw TooLong(image, at, length, maxLength);
        }

        byte[] text = new byte[length];
        return image.Source.TryRead(offset, text) ? text : throw Truncated(image, at, length);
    }

    private static ulong? ReadPointer(ProgramImage image, ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        word = word[..image.PointerSize];
        if (!image.TryMap(address, out long offset, out _) || !image.Source.TryRead(offset, word))
        {
            return null;
        }

        ulong value = image.ReadWord(word);
        return value != 0 ? value : image.Relocated?.Invoke(address);
    }

    private static GoCrossException Truncated(ProgramImage image, long offset, ulong length) =>
        GoCrossException.Create(
            ErrorKind.InvalidData, nameof(Messages.GoBuildInfoTruncated), image.Path, offset, length, image.Source.Length);

    private static GoCrossException TooLong(ProgramImage image, long offset, ulong length, int maxLength) =>
        GoCrossException.Create(
            ErrorKind.LimitExceeded, nameof(Messages.GoBuildInfoTooLong), image.Path, offset, length, maxLength);
}
