using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>
/// A Go program's table of functions (runtime.pclntab), which the runtime needs for stack traces and which therefore
/// is still there when symbols and debug information were stripped. Layouts: golang.org/s/go12symtab and, for the later
/// ones, the linker (cmd/link/internal/ld/pcln.go) and Go's debug/gosym.
/// </summary>
/// <remarks>The table is read in pieces as it is enumerated; the source has to stay open for that long.</remarks>
public sealed class GoFunctionTable
{
    /// <summary>Longer names are cut in two by no Go version; generic code has the longest, of a few KiB.</summary>
    private const int MaxNameLength = 64 * 1024;

    private const int HeaderSize = 8;
    private const int NameBufferSize = 64 * 1024;

    private readonly ProgramImage _image;
    private readonly long _names;
    private readonly long _namesEnd;
    private readonly long _functions;
    private readonly long _files;
    private readonly long _filesEnd;

    private GoFunctionTable(ProgramImage image, long offset, long available, in Layout layout)
    {
        _image = image;
        Available = available;
        Offset = offset;
        Version = layout.Version;
        PointerSize = layout.PointerSize;
        Count = layout.Count;
        _names = layout.Names;
        _namesEnd = layout.NamesEnd;
        _functions = layout.Functions;
        Parts = layout.Parts;
        _files = layout.Files;
        _filesEnd = layout.FilesEnd;
    }

    /// <summary>Sees a name in UTF-8.</summary>
    internal delegate void NameSeen(ReadOnlySpan<byte> name);

    /// <summary>The table's layout, which tells the Go version roughly where build information is missing.</summary>
    public GoFunctionTableVersion Version { get; }

    /// <summary>A pointer's size in bytes: 4 or 8.</summary>
    public int PointerSize { get; }

    /// <summary>Where the table starts in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>The number of functions, including a few marks for gaps between pieces of code.</summary>
    public uint Count { get; }

    /// <summary>How many bytes there are from its start to the end of the section or segment that holds it.</summary>
    internal long Available { get; }

    /// <summary>Where its parts start; null for the layout before Go 1.18, of which only functions and names are read.</summary>
    internal GoFunctionTableParts? Parts { get; }

    private int FieldSize => Version >= GoFunctionTableVersion.Go118 ? 4 : PointerSize;

    private int EntrySize => 2 * FieldSize;

    /// <summary>Finds and opens a program's function table.</summary>
    /// <param name="source">The file's bytes. The caller keeps it open while the table is used.</param>
    /// <returns>Null if it is not a Go program, or one older than Go 1.2.</returns>
    /// <exception cref="GoCrossException">GoFunctionTableDamaged: the section for the table holds something else.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static GoFunctionTable? TryOpen(IRandomAccessSource source)
    {
        foreach (ProgramImage image in ProgramImages.Open(source))
        {
            if (TryOpen(image) is { } table)
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>Finds and opens the function table of a program whose headers were read before.</summary>
    internal static GoFunctionTable? TryOpen(ProgramImage image)
    {
        var scan = new MagicScan(
            image, bytes => IndexOfMagic(bytes, image.BigEndian), HeaderSize, image.PointerSize);
        ImageRange? section = image.FindSection(".gopclntab")
            ?? image.FindSection(".data.rel.ro.gopclntab")
            ?? image.FindSection("__gopclntab");
        if (section is not null)
        {
            // Before the table, some linkers leave room for its alignment.
            return Search(image, scan, section) ?? throw Damaged(image, section.Offset);
        }

        if (!GoSections.MayBeGo(image))
        {
            return null;
        }

        foreach (ImageRange segment in image.Segments)
        {
            if (Search(image, scan, segment) is { } table)
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>Enumerates the functions in the order of their addresses.</summary>
    /// <exception cref="GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public IEnumerable<GoFunction> EnumerateFunctions()
    {
        using var pages = new PageCache(_image.Source);

        // Names may be shared, so a small file could ask for a lot of text; an honest one has each once.
        long text = _image.Source.Length + (1024 * 1024);
        ulong first = ReadField(pages, _functions);
        ulong entry = first;
        for (uint i = 0; i < Count; i++)
        {
            long at = _functions + ((long)i * EntrySize);
            ulong next = ReadField(pages, at + EntrySize);
            if (next < entry)
            {
                throw Damaged(_image, Offset + at);
            }

            if (ReadName(pages, at) is { } name)
            {
                text -= name.Length;
                if (text < 0)
                {
                    throw Damaged(_image, Offset + at);
                }

                yield return new GoFunction(name, entry - first, next - entry);
            }

            entry = next;
        }
    }

    /// <summary>
    /// Enumerates the names of all functions, from Go 1.16 on with those that exist only as inlined copies.
    /// </summary>
    /// <exception cref="GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public IEnumerable<string> EnumerateNames()
    {
        if (Version == GoFunctionTableVersion.Go12)
        {
            return EnumerateFunctions().Select(function => function.Name).Where(name => name.Length > 0);
        }

        return EnumerateNameBlocks().SelectMany(block =>
        {
            var names = new List<string>();
            Split(block.Span, name => names.Add(Encoding.UTF8.GetString(name)));
            return names;
        });
    }

    /// <summary>Shows the names that <see cref="EnumerateNames"/> gives, in UTF-8; no text is made of them.</summary>
    /// <param name="see">Gets each name, none of them empty, and may use it until it returns.</param>
    /// <exception cref="GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    internal void ForEachName(NameSeen see)
    {
        if (Version == GoFunctionTableVersion.Go12)
        {
            foreach (string name in EnumerateNames())
            {
                see(Encoding.UTF8.GetBytes(name));
            }

            return;
        }

        foreach (ReadOnlyMemory<byte> block in EnumerateNameBlocks())
        {
            Split(block.Span, see);
        }
    }

    /// <summary>
    /// Shows the names of the source files that the program's code comes from, in UTF-8; no text is made of them. Where
    /// the build was not told to trim them they are full paths.
    /// </summary>
    /// <param name="see">Gets each name, none of them empty, and may use it until it returns.</param>
    /// <exception cref="GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    internal void ForEachFile(NameSeen see)
    {
        if (Version == GoFunctionTableVersion.Go12)
        {
            ForEachFileOfGo12(see);
            return;
        }

        foreach (ReadOnlyMemory<byte> block in EnumerateTextBlocks(_files, _filesEnd))
        {
            Split(block.Span, see);
        }
    }

    // Behind the functions stands where the table of files is: their number, counted from 1, and where each name is.
    private void ForEachFileOfGo12(NameSeen see)
    {
        using var pages = new PageCache(_image.Source);
        long table = ReadUInt32(pages, _functions + ((long)Count * EntrySize) + FieldSize);
        uint count = ReadUInt32(pages, table);
        if (count > (ulong)(Available - table) / 4)
        {
            throw Damaged(_image, Offset + table);
        }

        long text = _image.Source.Length + (1024 * 1024);
        for (uint i = 1; i < count; i++)
        {
            string name = ReadText(pages, ReadUInt32(pages, table + (4L * i)));
            text -= name.Length;
            if (text < 0)
            {
                throw Damaged(_image, Offset + table);
            }

            if (name.Length > 0)
            {
                see(Encoding.UTF8.GetBytes(name));
            }
        }
    }

    private uint ReadUInt32(PageCache pages, long at) =>
        at >= 0 && at <= Available - 4 && pages.Peek(Offset + at, 4) is { Length: 4 } bytes
            ? _image.ReadUInt32(bytes)
            : throw Damaged(_image, Offset + at);

    // Padding at the end of the table is a row of empty names.
    private static void Split(ReadOnlySpan<byte> block, NameSeen see)
    {
        while (block.IndexOf((byte)0) is >= 0 and int length)
        {
            if (length > 0)
            {
                see(block[..length]);
            }

            block = block[(length + 1)..];
        }
    }

    /// <summary>Reads the table of names in blocks of whole names, each with its NUL; a block is valid until the next.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> EnumerateNameBlocks() => EnumerateTextBlocks(_names, _namesEnd);

    private IEnumerable<ReadOnlyMemory<byte>> EnumerateTextBlocks(long begin, long textEnd)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(NameBufferSize + MaxNameLength);
        try
        {
            int kept = 0;
            for (long at = begin; at < textEnd;)
            {
                int wanted = (int)Math.Min(buffer.Length - kept, textEnd - at);
                int read = _image.Source.Read(Offset + at, buffer.AsSpan(kept, wanted));
                if (read == 0)
                {
                    throw Damaged(_image, Offset + at);
                }

                at += read;
                int end = kept + read;
                int whole = buffer.AsSpan(0, end).LastIndexOf((byte)0) + 1;
                if (whole > 0)
                {
                    yield return buffer.AsMemory(0, whole);
                }

                kept = end - whole;
                if (kept > MaxNameLength)
                {
                    throw Damaged(_image, Offset + at - kept);
                }

                buffer.AsSpan(whole, kept).CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Looks for a table: only its magic, its alignment and its header tell it apart.</summary>
    private static GoFunctionTable? Search(ProgramImage image, MagicScan scan, ImageRange range)
    {
        foreach (long at in scan.Find(range))
        {
            if (ReadLayout(image, range.Offset + at, range.Length - at) is { } layout)
            {
                return new GoFunctionTable(image, range.Offset + at, range.Length - at, layout);
            }
        }

        return null;
    }

    /// <summary>Finds what may be the first eight bytes of a table: all magics share three bytes, and two zeros follow.</summary>
    private static int IndexOfMagic(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        ReadOnlySpan<byte> common = bigEndian ? [0xFF, 0xFF, 0xFF] : [0xFF, 0xFF, 0xFF, 0, 0];
        int shift = bigEndian ? 0 : 1;
        for (int from = shift; from < bytes.Length;)
        {
            int found = bytes[from..].IndexOf(common);
            if (found < 0)
            {
                return -1;
            }

            int start = from + found - shift;
            if (bytes.Length - start < HeaderSize)
            {
                return -1;
            }

            if (TryReadVersion(bytes[start..], bigEndian, out _, out _))
            {
                return start;
            }

            from += found + 1;
        }

        return -1;
    }

    private static bool TryReadVersion(
        ReadOnlySpan<byte> header, bool bigEndian, out GoFunctionTableVersion version, out int pointerSize)
    {
        uint magic = bigEndian
            ? BinaryPrimitives.ReadUInt32BigEndian(header)
            : BinaryPrimitives.ReadUInt32LittleEndian(header);
        pointerSize = header[7];
        (version, bool known) = magic switch
        {
            0xFFFFFFFB => (GoFunctionTableVersion.Go12, true),
            0xFFFFFFFA => (GoFunctionTableVersion.Go116, true),
            0xFFFFFFF0 => (GoFunctionTableVersion.Go118, true),
            0xFFFFFFF1 => (GoFunctionTableVersion.Go120, true),
            _ => (default, false),
        };

        // Two zeros, the size of the smallest instruction, the size of a pointer.
        return known && header[4] == 0 && header[5] == 0 && header[6] is 1 or 2 or 4 && pointerSize is 4 or 8;
    }

    /// <summary>Reads the header. Null if it contradicts itself or what is there.</summary>
    private static Layout? ReadLayout(ProgramImage image, long offset, long available)
    {
        Span<byte> header = stackalloc byte[HeaderSize + (8 * 8)];
        header = header[..image.Source.Read(offset, header[..(int)Math.Min(header.Length, available)])];
        if (!TryReadVersion(header, image.BigEndian, out GoFunctionTableVersion version, out int pointerSize)
            || pointerSize != image.PointerSize)
        {
            return null;
        }

        // Words: functions, files, from 1.18 on the code's address, then the offsets of the names, the compilation
        // units, the file names, the line tables, and the functions.
        int shift = version >= GoFunctionTableVersion.Go118 ? 1 : 0;
        int words = version == GoFunctionTableVersion.Go12 ? 1 : 7 + shift;
        if (header.Length < HeaderSize + (words * pointerSize))
        {
            return null;
        }

        ulong limit = (ulong)available;
        ulong count = Word(image, header, 0);
        long headerEnd = HeaderSize + (words * pointerSize);
        long names = 0;
        long namesEnd = available;
        long functions = headerEnd;
        long files = 0;
        long filesEnd = 0;
        if (version != GoFunctionTableVersion.Go12)
        {
            ulong last = (ulong)headerEnd;
            for (int i = 2 + shift; i < words; i++)
            {
                ulong next = Word(image, header, i);
                if (next < last || next > limit)
                {
                    return null;
                }

                last = next;
            }

            names = (long)Word(image, header, 2 + shift);
            namesEnd = (long)Word(image, header, 3 + shift);
            files = (long)Word(image, header, 4 + shift);
            filesEnd = (long)Word(image, header, 5 + shift);
            functions = (long)last;
        }

        int field = version >= GoFunctionTableVersion.Go118 ? 4 : pointerSize;
        return count is 0 or > int.MaxValue || ((2 * count) + 1) * (ulong)field > limit - (ulong)functions
            ? null
            : new Layout(version, pointerSize, (uint)count, names, namesEnd, functions, files, filesEnd)
            {
                Parts = version < GoFunctionTableVersion.Go118 ? null : new GoFunctionTableParts(
                    TextStart: Word(image, header, 2),
                    Names: names,
                    CompilationUnits: namesEnd,
                    FileNames: (long)Word(image, header, 5),
                    LineTables: (long)Word(image, header, 6),
                    Functions: functions),
            };
    }

    private static ulong Word(ProgramImage image, ReadOnlySpan<byte> header, int index) =>
        image.ReadWord(header[(HeaderSize + (index * image.PointerSize))..]);

    private ulong ReadField(PageCache pages, long at)
    {
        int size = FieldSize;
        if (at < 0 || at > Available - size || pages.Peek(Offset + at, size) is var bytes && bytes.Length < size)
        {
            throw Damaged(_image, Offset + at);
        }

        return size == 4 ? _image.ReadUInt32(bytes) : _image.ReadWord(bytes);
    }

    /// <summary>Reads a function's name. Null for the mark of a gap between two pieces of code.</summary>
    private string? ReadName(PageCache pages, long entry)
    {
        bool merged = Version == GoFunctionTableVersion.Go12;
        ulong function = ReadField(pages, entry + FieldSize);
        ulong functionsEnd = ((ulong)Count * (ulong)EntrySize) + (ulong)FieldSize;
        if (!merged && function < functionsEnd)
        {
            return null;
        }

        // A function's record starts with its entry, as wide as the table's field, and the offset of its name.
        long at = (merged ? 0 : _functions) + FieldSize;
        if (function > (ulong)(Available - at - 4))
        {
            throw Damaged(_image, Offset + entry);
        }

        at += (long)function;
        ReadOnlySpan<byte> bytes = pages.Peek(Offset + at, 4);
        if (bytes.Length < 4)
        {
            throw Damaged(_image, Offset + at);
        }

        long name = _names + _image.ReadUInt32(bytes);
        return name < _namesEnd ? ReadText(pages, name) : throw Damaged(_image, Offset + at);
    }

    private string ReadText(PageCache pages, long at)
    {
        ReadOnlySpan<byte> tail = pages.Tail(Offset + at);
        int end = tail.IndexOf((byte)0);
        if (end >= 0 && end <= _namesEnd - at)
        {
            return Encoding.UTF8.GetString(tail[..end]);
        }

        // It goes on in the next page, which is rare.
        var text = new ArrayBufferWriter<byte>();
        for (long next = at; next < _namesEnd && text.WrittenCount <= MaxNameLength; next += tail.Length)
        {
            tail = pages.Tail(Offset + next);
            if (tail.IsEmpty)
            {
                break;
            }

            tail = tail[..(int)Math.Min(tail.Length, _namesEnd - next)];
            end = tail.IndexOf((byte)0);
            text.Write(end < 0 ? tail : tail[..end]);
            if (end >= 0)
            {
                return Encoding.UTF8.GetString(text.WrittenSpan);
            }
        }

        throw Damaged(_image, Offset + at);
    }

    private static GoCrossException Damaged(ProgramImage image, long offset) => GoCrossException.Create(
        ErrorKind.InvalidData, nameof(Messages.GoFunctionTableDamaged), image.Path, offset, image.Source.Length);

    private readonly record struct Layout(
        GoFunctionTableVersion Version,
        int PointerSize,
        uint Count,
        long Names,
        long NamesEnd,
        long Functions,
        long Files,
        long FilesEnd)
    {
        public GoFunctionTableParts? Parts { get; init; }
    }
}
