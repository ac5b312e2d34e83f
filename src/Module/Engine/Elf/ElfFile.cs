using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Elf;

/// <summary>
/// An ELF file, read by position: the header and the program headers at once, sections when asked for. Written after
/// the System V gABI, chapters 4 and 5. What the kernel and the loader do not read can be damaged without harm: bad
/// section headers are as good as none. Not safe for several threads.
/// </summary>
public sealed class ElfFile : IDisposable
{
    /// <summary>The most program headers that are read.</summary>
    public const int MaxProgramHeaders = 65_536;

    /// <summary>The most section headers that are read; a file with more is treated as one with none.</summary>
    public const int MaxSections = 1_000_000;

    /// <summary>PN_XNUM: the number of program headers is sh_info of the first section.</summary>
    private const ushort ProgramHeaderCountElsewhere = 0xffff;

    private readonly IRandomAccessSource _source;
    private readonly SourceWindow _window;
    private readonly ElfProgramHeader[] _programHeaders;
    private ElfSectionTable? _table;
    private ElfSection[]? _sections;
    private long _textBudget;

    private ElfFile(IRandomAccessSource source, SourceWindow window)
    {
        _source = source;
        _window = window;

        // Names may overlap, so a small file can ask for a lot of text.
        _textBudget = (1024 * 1024) + (4 * source.Length);
        Header = ReadHeader(out ElfEncoding encoding);
        Encoding = encoding;
        _programHeaders = ReadProgramHeaders();
    }

    /// <summary>What errors call the file.</summary>
    public string Name => _source.Name;

    /// <summary>Its length in bytes.</summary>
    public long Length => _source.Length;

    /// <summary>The header.</summary>
    public ElfHeader Header { get; }

    /// <summary>The program headers, in the file's order.</summary>
    public IReadOnlyList<ElfProgramHeader> ProgramHeaders => _programHeaders;

    /// <summary>The sections, in the file's order with the empty first one. Empty where there are none, or where their
    /// headers are damaged.</summary>
    public IReadOnlyList<ElfSection> Sections => _sections ??= NameSections();

    /// <summary>How the file writes its numbers.</summary>
    internal ElfEncoding Encoding { get; }

    /// <summary>The sections for those who look for one of them: no text is made of any name.</summary>
    internal ElfSectionTable SectionTable => _table ??= ElfSectionTable.Read(this);

    /// <summary>Reads the header and the program headers.</summary>
    /// <param name="source">The file. It stays open for as long as this object is used, and is its owner's to close.</param>
    /// <exception cref="GoCrossException">NotElf and its kin: it is something else; ElfTruncated; ElfFieldInvalid;
    /// ElfLimit.</exception>
    public static ElfFile Open(IRandomAccessSource source) =>
        TryOpen(source) ?? throw ElfErrors.NotElf(source);

    /// <summary>Does as <see cref="Open"/>, but returns null for a file that is not an ELF file.</summary>
    /// <param name="source">The file. It stays open for as long as this object is used, and is its owner's to close.</param>
    /// <exception cref="GoCrossException">ElfTruncated; ElfFieldInvalid; ElfLimit.</exception>
    public static ElfFile? TryOpen(IRandomAccessSource source)
    {
        var window = new SourceWindow(source);
        try
        {
            if (window.Peek(0, 4).SequenceEqual("\u007fELF"u8))
            {
                var file = new ElfFile(source, window);
                window = null;
                return file;
            }

            return null;
        }
        finally
        {
            window?.Dispose();
        }
    }

    /// <summary>Reads at a position in the file.</summary>
    /// <param name="offset">In bytes from the beginning.</param>
    /// <param name="buffer">Is filled from its beginning.</param>
    /// <returns>How many bytes were read: fewer than asked only where the file ends.</returns>
    public int Read(long offset, Span<byte> buffer) => _source.Read(offset, buffer);

    /// <summary>Finds where an address lies in the file, as the kernel would map it.</summary>
    /// <param name="address">A virtual address.</param>
    /// <param name="offset">The offset, in bytes from the beginning of the file.</param>
    /// <param name="available">How many bytes from there on are both in the segment and in the file.</param>
    /// <returns>False when it lies in no PT_LOAD segment, or in a part of one that the file does not hold.</returns>
    public bool TryGetOffset(ulong address, out long offset, out long available)
    {
        foreach (ref readonly ElfProgramHeader segment in _programHeaders.AsSpan())
        {
            if (segment.Type != ElfSegmentType.Load || address < segment.VirtualAddress)
            {
                continue;
            }

            ulong distance = address - segment.VirtualAddress;
            ulong length = (ulong)Length;
            if (distance >= segment.FileSize || segment.Offset >= length || distance >= length - segment.Offset)
            {
                continue;
            }

            offset = (long)(segment.Offset + distance);
            available = (long)Math.Min(segment.FileSize - distance, length - (ulong)offset);
            return true;
        }

        offset = 0;
        available = 0;
        return false;
    }

    /// <summary>Finds a section by its name.</summary>
    /// <returns>The first section of that name, or null.</returns>
    public ElfSection? FindSection(string name)
    {
        int index = SectionTable.IndexOf(System.Text.Encoding.UTF8.GetBytes(name));
        return index < 0 ? null : SectionTable[index] with { Name = name };
    }

    /// <summary>Gives the buffers back. The source stays open.</summary>
    public void Dispose()
    {
        _table?.Dispose();
        _window.Dispose();
    }

    /// <summary>The bytes at an offset, until the next call; fewer than asked only where the file ends.</summary>
    internal ReadOnlySpan<byte> Peek(long offset, int count) => _window.Peek(offset, count);

    /// <summary>Whether a range lies in the file.</summary>
    internal bool Contains(ulong offset, ulong size) =>
        offset <= (ulong)Length && size <= (ulong)Length - offset;

    /// <summary>Reads a text that ends with a NUL.</summary>
    /// <param name="offset">Where it starts, in bytes from the beginning of the file.</param>
    /// <param name="available">How many bytes it may take, with its NUL.</param>
    /// <param name="maximum">The longest text that is read, in bytes.</param>
    /// <returns>The text, or null where no NUL comes in time.</returns>
    /// <exception cref="GoCrossException">ElfLimit: the file's texts add up to more than they could honestly be.</exception>
    internal string? ReadText(long offset, long available, int maximum)
    {
        // Most names are short; the second try is for the others.
        const int FirstTry = 128;
        int room = (int)Math.Min(available, maximum + 1);
        ReadOnlySpan<byte> bytes = Peek(offset, Math.Min(room, FirstTry));
        int end = bytes.IndexOf((byte)0);
        if (end < 0 && room > FirstTry)
        {
            bytes = Peek(offset, room);
            end = bytes.IndexOf((byte)0);
        }

        if (end < 0)
        {
            return null;
        }

        SpendText(end);
        return System.Text.Encoding.UTF8.GetString(bytes[..end]);
    }

    /// <summary>Accounts for text that is kept.</summary>
    /// <exception cref="GoCrossException">ElfLimit.</exception>
    internal void SpendText(int bytes)
    {
        _textBudget -= bytes;
        if (_textBudget < 0)
        {
            throw ElfErrors.Limit(Name, "sum of the names' lengths", (1024 * 1024) + (4 * Length));
        }
    }

    private ElfHeader ReadHeader(out ElfEncoding encoding)
    {
        const int ClassAt = 4;
        const int DataAt = 5;
        const int VersionAt = 6;
        const int OSAbiAt = 7;
        const int IdentSize = 16;

        ReadOnlySpan<byte> bytes = Peek(0, 64);
        if (bytes.Length < IdentSize)
        {
            throw ElfErrors.Truncated(Name, "e_ident", 0, IdentSize, Length);
        }

        var elfClass = (ElfClass)bytes[ClassAt];
        if (elfClass is not (ElfClass.Elf32 or ElfClass.Elf64))
        {
            throw ElfErrors.FieldInvalid(Name, "EI_CLASS", bytes[ClassAt], "1 (ELFCLASS32), 2 (ELFCLASS64)");
        }

        var byteOrder = (ElfByteOrder)bytes[DataAt];
        if (byteOrder is not (ElfByteOrder.LittleEndian or ElfByteOrder.BigEndian))
        {
            throw ElfErrors.FieldInvalid(Name, "EI_DATA", bytes[DataAt], "1 (ELFDATA2LSB), 2 (ELFDATA2MSB)");
        }

        if (bytes[VersionAt] != 1)
        {
            throw ElfErrors.FieldInvalid(Name, "EI_VERSION", bytes[VersionAt], "1 (EV_CURRENT)");
        }

        encoding = new ElfEncoding(elfClass, byteOrder);
        if (bytes.Length < encoding.HeaderSize)
        {
            throw ElfErrors.Truncated(Name, "ELF header", 0, encoding.HeaderSize, Length);
        }

        // Three addresses and e_flags, then six counts of 16 bits each.
        int word = encoding.WordSize;
        int flagsAt = 24 + (3 * word);
        ulong sections = encoding.Word(bytes, 24 + (2 * word));
        return new ElfHeader
        {
            Class = elfClass,
            ByteOrder = byteOrder,
            OSAbi = bytes[OSAbiAt],
            Type = (ElfType)encoding.UInt16(bytes, 16),
            Machine = encoding.UInt16(bytes, 18),
            Entry = encoding.Word(bytes, 24),
            ProgramHeaderOffset = encoding.Word(bytes, 24 + word),
            SectionHeaderOffset = sections,
            Flags = encoding.UInt32(bytes, flagsAt),
            ProgramHeaderSize = encoding.UInt16(bytes, flagsAt + 6),
            ProgramHeaderCount = ProgramHeaderCount(encoding, encoding.UInt16(bytes, flagsAt + 8), sections),
            SectionHeaderSize = encoding.UInt16(bytes, flagsAt + 10),
            SectionHeaderCount = encoding.UInt16(bytes, flagsAt + 12),
            SectionNameIndex = encoding.UInt16(bytes, flagsAt + 14),
        };
    }

    private uint ProgramHeaderCount(ElfEncoding encoding, ushort count, ulong sectionHeaderOffset)
    {
        if (count != ProgramHeaderCountElsewhere || sectionHeaderOffset == 0)
        {
            return count;
        }

        if (!Contains(sectionHeaderOffset, (ulong)encoding.SectionHeaderSize))
        {
            throw ElfErrors.Truncated(
                Name, "first section header (PN_XNUM)", sectionHeaderOffset, encoding.SectionHeaderSize, Length);
        }

        return encoding.UInt32(Peek((long)sectionHeaderOffset, encoding.SectionHeaderSize), encoding.IsWide ? 44 : 28);
    }

    private ElfProgramHeader[] ReadProgramHeaders()
    {
        uint count = Header.ProgramHeaderCount;
        if (count == 0)
        {
            return [];
        }

        int size = Encoding.ProgramHeaderSize;
        if (Header.ProgramHeaderSize != size)
        {
            throw ElfErrors.FieldInvalid(Name, "e_phentsize", Header.ProgramHeaderSize, size);
        }

        if (count > MaxProgramHeaders)
        {
            throw ElfErrors.Limit(Name, "e_phnum", MaxProgramHeaders);
        }

        if (!Contains(Header.ProgramHeaderOffset, count * (ulong)size))
        {
            throw ElfErrors.Truncated(
                Name, "program header table", Header.ProgramHeaderOffset, count * (long)size, Length);
        }

        var headers = new ElfProgramHeader[count];
        for (int i = 0; i < headers.Length; i++)
        {
            headers[i] = DecodeProgramHeader(Peek((long)Header.ProgramHeaderOffset + ((long)i * size), size));
        }

        return headers;
    }

    private ElfProgramHeader DecodeProgramHeader(ReadOnlySpan<byte> bytes) => Encoding.IsWide
        ? new ElfProgramHeader(
            (ElfSegmentType)Encoding.UInt32(bytes, 0),
            (ElfSegmentFlags)Encoding.UInt32(bytes, 4),
            Offset: Encoding.UInt64(bytes, 8),
            VirtualAddress: Encoding.UInt64(bytes, 16),
            FileSize: Encoding.UInt64(bytes, 32),
            MemorySize: Encoding.UInt64(bytes, 40),
            Alignment: Encoding.UInt64(bytes, 48))
        : new ElfProgramHeader(
            (ElfSegmentType)Encoding.UInt32(bytes, 0),
            (ElfSegmentFlags)Encoding.UInt32(bytes, 24),
            Offset: Encoding.UInt32(bytes, 4),
            VirtualAddress: Encoding.UInt32(bytes, 8),
            FileSize: Encoding.UInt32(bytes, 16),
            MemorySize: Encoding.UInt32(bytes, 20),
            Alignment: Encoding.UInt32(bytes, 28));

    private ElfSection[] NameSections()
    {
        var sections = new ElfSection[SectionTable.Count];
        for (int i = 0; i < sections.Length; i++)
        {
            ReadOnlySpan<byte> name = SectionTable.NameOf(i);
            SpendText(name.Length);
            sections[i] = SectionTable[i] with { Name = System.Text.Encoding.UTF8.GetString(name) };
        }

        return sections;
    }
}
