using System.Buffers.Binary;
using System.Text;
using GoCross.Errors;
using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>
/// What each package has of a program's code and of its function table. Records are laid out as in Go's
/// runtime/runtime2.go (_func); from Go 1.20 on they have the function's first line.
/// </summary>
internal sealed class FunctionSizes
{
    /// <summary>The largest function table that is read: some ten times that of the largest programs.</summary>
    public const int MaxTableLength = 512 * 1024 * 1024;

    private const uint NoFunctionData = uint.MaxValue;
    private const byte Int3 = 0xCC;

    /// <summary>The linker aligns functions to no more.</summary>
    private const int MaxPaddingLength = 63;

    private readonly ProgramImage _image;
    private readonly GoFunctionTable _table;
    private readonly GoFunctionTableParts _parts;
    private readonly byte[] _bytes;
    private readonly PackageIndex _packages;
    private readonly int _recordSize;
    private long[] _code = [];
    private long[] _names = [];
    private long[] _records = [];
    private long[] _lines = [];

    private FunctionSizes(ProgramImage image, GoFunctionTable table, GoFunctionTableParts parts, byte[] bytes, PackageIndex packages)
    {
        _image = image;
        _table = table;
        _parts = parts;
        _bytes = bytes;
        _packages = packages;
        _recordSize = table.Version == GoFunctionTableVersion.Go118 ? 40 : 44;
    }

    /// <summary>Sees the code of one function from one source file.</summary>
    /// <param name="file">The file's offset in the names of files.</param>
    /// <param name="bytes">How much code.</param>
    public delegate void FileCode(uint file, long bytes);

    /// <summary>Go code in bytes by package, without filling.</summary>
    public ReadOnlySpan<long> Code => _code;

    /// <summary>Names in bytes by package.</summary>
    public ReadOnlySpan<long> Names => _names;

    /// <summary>Records and what belongs to them in bytes by package.</summary>
    public ReadOnlySpan<long> Records => _records;

    /// <summary>Line tables in bytes by package.</summary>
    public ReadOnlySpan<long> Lines => _lines;

    /// <summary>Filling between functions, in bytes.</summary>
    public long Padding { get; private set; }

    /// <summary>The code between functions that no Go function has: C code that Go's linker linked, in bytes.</summary>
    public long ForeignCode { get; private set; }

    /// <summary>Whether C code is linked into the program: runtime/cgo's way from C to Go is there.</summary>
    public bool LinksC { get; private set; }

    /// <summary>Where the functions' code lies: bytes from the start of the text.</summary>
    public (uint Start, uint End) CodeRange { get; private set; }

    /// <summary>Where the records end, in bytes from the start of the table.</summary>
    public long RecordsEnd { get; private set; }

    /// <summary>Where the functions' data ends, in bytes from go:func.*; 0 where there is none.</summary>
    public long FunctionDataEnd { get; private set; }

    /// <summary>Reads a program's function table.</summary>
    /// <param name="image">The program.</param>
    /// <param name="table">Its table, of Go 1.18 or later.</param>
    /// <param name="packages">Gets the packages.</param>
    /// <exception cref="GoCrossException">GoFunctionTableDamaged; SizeTableTooLarge.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static FunctionSizes Read(ProgramImage image, GoFunctionTable table, PackageIndex packages)
    {
        GoFunctionTableParts parts = table.Parts!;
        long length = parts.Functions + LengthOfFunctions(image, table, parts);
        if (length > MaxTableLength)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.SizeTableTooLarge), image.Path, length, MaxTableLength);
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
        if (!image.Source.TryRead(table.Offset, bytes))
        {
            throw Damaged(image, table.Offset);
        }

        return new FunctionSizes(image, table, parts, bytes, packages);
    }

    /// <summary>Sums the code and the table's parts by package.</summary>
    /// <param name="textOffset">Where the text starts in the file; negative where it is not known.</param>
    /// <param name="padsWithInt3">Whether the linker fills with INT3 between functions, as on x86; elsewhere the assembler fills.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Sum(long textOffset, bool padsWithInt3, CancellationToken cancellation)
    {
        // All names first: then every package has its number.
        SumNames();
        _code = new long[_packages.Count];
        _records = new long[_packages.Count];
        _lines = new long[_packages.Count];
        using var lines = new SharedTables();
        using var data = new SharedTables();
        using var units = new SharedTables();
        using var text = new TextTails(_image, padsWithInt3 ? textOffset : -1);
        uint count = _table.Count;
        uint end = 0;
        CodeRange = (Entry(0), Entry(count));
        for (uint i = 0; i < count; i++)
        {
            if ((i & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            uint entry = Entry(i);
            uint next = Entry(i + 1);
            if (next < entry)
            {
                throw Damaged(_image, _table.Offset + _parts.Functions + (8L * i));
            }

            int record = Record(i);
            if (record < 0)
            {
                ForeignCode += next - entry;
                continue;
            }

            // A damaged table may point into the middle of a name, and that into a package that is none.
            int package = _packages.OfFunction(Name(record));
            package = package < _code.Length ? package : PackageIndex.None;
            int padding = text.PaddingBefore(next, (int)Math.Min(MaxPaddingLength, next - entry));
            Padding += padding;
            _code[package] += next - entry - padding;
            int pcdata = (int)Math.Min(UInt32(record + 28), int.MaxValue / 8);
            int funcdata = _bytes[record + _recordSize - 1];
            int size = _recordSize + (4 * (pcdata + funcdata));
            if (pcdata > (_bytes.Length - record) / 4 || size > _bytes.Length - record)
            {
                throw Damaged(_image, _table.Offset + record);
            }

            _records[package] += 8 + size;
            end = Math.Max(end, (uint)(record + size));
            units.Use(UInt32(record + 32), package);
            for (int at = record + 16; at < record + 28; at += 4)
            {
                UseLines(lines, UInt32(at), package);
            }

            int array = record + _recordSize;
            for (int n = 0; n < pcdata; n++)
            {
                UseLines(lines, UInt32(array + (4 * n)), package);
            }

            array += 4 * pcdata;
            for (int n = 0; n < funcdata; n++)
            {
                uint offset = UInt32(array + (4 * n));
                if (offset != NoFunctionData)
                {
                    data.Use(offset, package);
                }
            }
        }

        RecordsEnd = Math.Max(end, _parts.Functions + (8L * count) + 4);
        lines.Split(_parts.Functions - _parts.LineTables, _lines);
        var compilationUnits = new long[_code.Length];
        long unitCount = (_parts.FileNames - _parts.CompilationUnits) / 4;
        if (units.Last < unitCount)
        {
            units.Split(unitCount, compilationUnits);
        }

        // The last one's own length is nowhere; it has at least two numbers of 4 bytes.
        FunctionDataEnd = data.Last == 0 ? 0 : data.Last + 8L;
        data.Split(FunctionDataEnd, _records);
        for (int i = 0; i < compilationUnits.Length; i++)
        {
            _records[i] += 4 * compilationUnits[i];
        }
    }

    /// <summary>Gives each source file the code that comes from it, inlined code included.</summary>
    /// <param name="see">Gets the bytes of code.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void SumFiles(FileCode see, CancellationToken cancellation)
    {
        uint quantum = _bytes[6];
        for (uint i = 0; i < _table.Count; i++)
        {
            if ((i & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int record = Record(i);
            if (record < 0)
            {
                continue;
            }

            uint size = Entry(i + 1) - Entry(i);
            uint unit = UInt32(record + 32);
            long at = _parts.LineTables + UInt32(record + 20);
            int file = -1;
            uint pc = 0;
            bool first = true;
            while (pc < size && TryVarint(ref at, out uint change) && (change != 0 || first))
            {
                first = false;
                file += (change & 1) != 0 ? (int)~(change >> 1) : (int)(change >> 1);
                if (!TryVarint(ref at, out uint run))
                {
                    break;
                }

                uint bytes = (uint)Math.Min((ulong)run * quantum, size - pc);
                pc += bytes;
                long number = _parts.CompilationUnits + (4 * ((long)unit + file));
                if (file >= 0 && number >= _parts.CompilationUnits && number + 4 <= _parts.FileNames)
                {
                    uint name = UInt32((int)number);
                    if (name < _parts.LineTables - _parts.FileNames)
                    {
                        see(name, bytes);
                    }
                }
            }
        }
    }

    /// <summary>The name of a source file.</summary>
    /// <param name="offset">Where it starts in the names of files.</param>
    public string FileName(uint offset)
    {
        ReadOnlySpan<byte> names = _bytes.AsSpan((int)_parts.FileNames, (int)(_parts.LineTables - _parts.FileNames));
        ReadOnlySpan<byte> name = names[(int)offset..];
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>Finds the size of the function that starts at an offset of the text; 0 where none does.</summary>
    public uint SizeOfFunctionAt(uint textOffset)
    {
        long low = 0;
        long high = _table.Count - 1;
        while (low <= high)
        {
            uint middle = (uint)((low + high) / 2);
            uint entry = Entry(middle);
            if (entry == textOffset)
            {
                return Entry(middle + 1) - entry;
            }

            if (entry < textOffset)
            {
                low = middle + 1L;
            }
            else
            {
                high = middle - 1L;
            }
        }

        return 0;
    }

    private static long LengthOfFunctions(ProgramImage image, GoFunctionTable table, GoFunctionTableParts parts)
    {
        // The records stand in the order of their functions. The last one ends the table; its arrays are short.
        const int MaxRecordLength = 44 + (4 * (255 + 1024));
        Span<byte> words = stackalloc byte[4];
        long last = 0;
        for (uint i = table.Count; i > 0 && last == 0; i--)
        {
            if (!image.Source.TryRead(table.Offset + parts.Functions + (8L * (i - 1)) + 4, words))
            {
                throw Damaged(image, table.Offset + parts.Functions);
            }

            // A mark of a gap has no record.
            last = image.ReadUInt32(words) is var offset && offset >= (8L * table.Count) + 4 ? offset : 0;
        }

        return Math.Min(table.Available - parts.Functions, Math.Max(last, (8L * table.Count) + 4) + MaxRecordLength);
    }

    private static GoCrossException Damaged(ProgramImage image, long offset) => GoCrossException.Create(
        ErrorKind.InvalidData, nameof(Messages.GoFunctionTableDamaged), image.Path, offset, image.Source.Length);

    private void SumNames()
    {
        var names = new List<long>();
        Add(_bytes.AsSpan((int)_parts.Names, (int)(_parts.CompilationUnits - _parts.Names)), name =>
        {
            LinksC |= name.SequenceEqual("crosscall2"u8);
            return _packages.OfFunction(name);
        });

        // The package of a file is told by its folder, and for that all packages have to be known.
        Add(
            _bytes.AsSpan((int)_parts.FileNames, (int)(_parts.LineTables - _parts.FileNames)),
            name => _packages.OfFile(Encoding.UTF8.GetString(name)));
        _names = new long[_packages.Count];
        names.CopyTo(_names);

        void Add(ReadOnlySpan<byte> rest, NameToPackage packageOf)
        {
            while (rest.IndexOf((byte)0) is >= 0 and int length)
            {
                if (length > 0)
                {
                    int package = packageOf(rest[..length]);
                    while (names.Count <= package)
                    {
                        names.Add(0);
                    }

                    names[package] += length + 1;
                }

                rest = rest[(length + 1)..];
            }
        }
    }

    private delegate int NameToPackage(ReadOnlySpan<byte> name);

    private static void UseLines(SharedTables lines, uint offset, int package)
    {
        // The table at 0 is the empty one, which stands for no table.
        if (offset != 0)
        {
            lines.Use(offset, package);
        }
    }

    private uint Entry(uint index) => UInt32((int)_parts.Functions + (8 * (int)index));

    /// <summary>Where a function's record starts in the table; negative for the mark of a gap.</summary>
    private int Record(uint index)
    {
        uint offset = UInt32((int)_parts.Functions + (8 * (int)index) + 4);
        if (offset < (8L * _table.Count) + 4)
        {
            return -1;
        }

        long at = _parts.Functions + offset;
        return at <= _bytes.Length - _recordSize ? (int)at : throw Damaged(_image, _table.Offset + at);
    }

    private ReadOnlySpan<byte> Name(int record)
    {
        long at = _parts.Names + UInt32(record + 4);
        if (at >= _parts.CompilationUnits)
        {
            throw Damaged(_image, _table.Offset + record);
        }

        ReadOnlySpan<byte> name = _bytes.AsSpan((int)at, (int)(_parts.CompilationUnits - at));
        int end = name.IndexOf((byte)0);
        return end < 0 ? name : name[..end];
    }

    private uint UInt32(int at)
    {
        if ((uint)at > (uint)(_bytes.Length - 4))
        {
            throw Damaged(_image, _table.Offset + at);
        }

        ReadOnlySpan<byte> bytes = _bytes.AsSpan(at, 4);
        return _image.BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private bool TryVarint(ref long at, out uint value)
    {
        value = 0;
        for (int shift = 0; shift < 35 && at < _parts.Functions; shift += 7)
        {
            byte next = _bytes[at++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Looks at the bytes before a function's end, going forward through the text.</summary>
    private sealed class TextTails(ProgramImage image, long textOffset) : IDisposable
    {
        private const int WindowSize = 1024 * 1024;

        private readonly byte[] _window = System.Buffers.ArrayPool<byte>.Shared.Rent(WindowSize);
        private long _start;
        private int _length;

        /// <summary>How many bytes of INT3 end there.</summary>
        /// <param name="end">Where the function ends, from the start of the text.</param>
        /// <param name="max">How many to look at.</param>
        public int PaddingBefore(uint end, int max)
        {
            if (textOffset < 0 || max == 0)
            {
                return 0;
            }

            long last = textOffset + end;
            if (last > _start + _length || last - max < _start)
            {
                _start = last - max;
                _length = image.Source.Read(_start, _window.AsSpan(0, WindowSize));
                if (last > _start + _length)
                {
                    return 0;
                }
            }

            ReadOnlySpan<byte> tail = _window.AsSpan((int)(last - max - _start), max);
            int kept = tail.LastIndexOfAnyExcept(Int3);
            return max - kept - 1;
        }

        public void Dispose() => System.Buffers.ArrayPool<byte>.Shared.Return(_window);
    }
}
