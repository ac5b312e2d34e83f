using System.Buffers;
using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>
/// A table of symbols, read from its beginning to its end: that of the loader, found through PT_DYNAMIC, or that of
/// linkers and debuggers, found through the section headers. Not safe for several threads.
/// </summary>
internal sealed class ElfSymbolTable : IDisposable
{
    /// <summary>The most symbols that are read.</summary>
    internal const int MaxSymbols = 16_000_000;

    /// <summary>String tables up to this length are held while names are looked at; from longer ones names are read singly.</summary>
    private const int MaxHeldNames = 1024 * 1024;

    private const int SymbolsAtOnce = 1024;

    private readonly ElfFile _file;
    private readonly long _offset;
    private readonly long _versionOffset;
    private readonly long _namesOffset;
    private readonly long _namesSize;
    private byte[] _symbols = ArrayPool<byte>.Shared.Rent(SymbolsAtOnce * 24);
    private byte[] _versions = ArrayPool<byte>.Shared.Rent(SymbolsAtOnce * 2);
    private byte[]? _names;
    private long _next;
    private int _held;
    private int _position;

    private ElfSymbolTable(
        ElfFile file, long offset, long count, long versionOffset, long namesOffset, long namesSize)
    {
        if (count > MaxSymbols)
        {
            throw ElfErrors.Limit(file.Name, "number of symbols", MaxSymbols);
        }

        _file = file;
        _offset = offset;
        Count = count;
        _versionOffset = versionOffset;
        _namesOffset = namesOffset;
        _namesSize = namesSize;
    }

    /// <summary>How many symbols there are, with the empty first one.</summary>
    internal long Count { get; }

    /// <summary>Opens the loader's table.</summary>
    /// <returns>Null where there is none, or its length cannot be told.</returns>
    /// <exception cref="GoCrossException">ElfAddressInvalid; ElfTruncated; ElfLimit.</exception>
    internal static ElfSymbolTable? OpenDynamic(ElfFile file, ElfDynamicSection dynamic)
    {
        if (dynamic.ValueOf(DynamicTag.SymbolTable) is null || CountDynamic(file, dynamic) is not { } count)
        {
            return null;
        }

        (long offset, long available) = dynamic.Locate(DynamicTag.SymbolTable, "DT_SYMTAB");
        (long names, long namesSize) = dynamic.FindStringTable();
        long versions = -1;
        count = Math.Min(count, available / file.Encoding.SymbolSize);
        if (dynamic.ValueOf(DynamicTag.VersionSymbols) is not null)
        {
            (versions, long versionsAvailable) = dynamic.Locate(DynamicTag.VersionSymbols, "DT_VERSYM");
            if (versionsAvailable / 2 < count)
            {
                throw ElfErrors.Truncated(file.Name, "DT_VERSYM", (ulong)versions, count * 2, versions + versionsAvailable);
            }
        }

        return new ElfSymbolTable(file, offset, count, versions, names, namesSize);
    }

    /// <summary>Opens the linker's table (SHT_SYMTAB).</summary>
    /// <returns>Null where it was stripped, or its headers are damaged.</returns>
    /// <exception cref="GoCrossException">ElfLimit.</exception>
    internal static ElfSymbolTable? OpenStatic(ElfFile file)
    {
        foreach (ElfSection section in file.Sections)
        {
            if (section.Type == ElfSection.SymbolTable
                && file.Contains(section.Offset, section.Size)
                && section.Link < file.Sections.Count
                && file.Sections[(int)section.Link] is var names
                && file.Contains(names.Offset, names.Size))
            {
                return new ElfSymbolTable(
                    file,
                    (long)section.Offset,
                    (long)section.Size / file.Encoding.SymbolSize,
                    versionOffset: -1,
                    (long)names.Offset,
                    (long)names.Size);
            }
        }

        return null;
    }

    /// <summary>Goes to the next symbol.</summary>
    /// <returns>False at the end.</returns>
    internal bool TryRead(out ElfSymbolEntry symbol)
    {
        if (_position == _held && !Fill())
        {
            symbol = default;
            return false;
        }

        ElfEncoding encoding = _file.Encoding;
        ReadOnlySpan<byte> bytes = _symbols.AsSpan(_position * encoding.SymbolSize, encoding.SymbolSize);
        ushort version = _versionOffset >= 0 ? encoding.UInt16(_versions, _position * 2) : (ushort)1;
        symbol = encoding.IsWide
            ? new ElfSymbolEntry(
                encoding.UInt32(bytes, 0),
                Info: bytes[4],
                Other: bytes[5],
                Section: encoding.UInt16(bytes, 6),
                Value: encoding.UInt64(bytes, 8),
                Size: encoding.UInt64(bytes, 16),
                version)
            : new ElfSymbolEntry(
                encoding.UInt32(bytes, 0),
                Info: bytes[12],
                Other: bytes[13],
                Section: encoding.UInt16(bytes, 14),
                Value: encoding.UInt32(bytes, 4),
                Size: encoding.UInt32(bytes, 8),
                version);
        _position++;
        return true;
    }

    /// <summary>The name of a symbol, until the next call.</summary>
    /// <returns>Empty for a symbol that has none, or whose name lies outside the table.</returns>
    internal ReadOnlySpan<byte> NameOf(in ElfSymbolEntry symbol)
    {
        // Mangled names are long; what is longer than this is cut.
        const int FirstTry = 128;
        const int MaxNameLength = 16 * 1024;
        if (symbol.NameOffset == 0 || symbol.NameOffset >= _namesSize)
        {
            return default;
        }

        if (_namesSize <= MaxHeldNames)
        {
            _names ??= HoldNames();
            ReadOnlySpan<byte> rest = _names.AsSpan((int)symbol.NameOffset, (int)(_namesSize - symbol.NameOffset));
            int end = rest.IndexOf((byte)0);
            return end < 0 ? rest : rest[..end];
        }

        long at = _namesOffset + symbol.NameOffset;
        int room = (int)Math.Min(_namesSize - symbol.NameOffset, MaxNameLength);
        ReadOnlySpan<byte> name = _file.Peek(at, Math.Min(FirstTry, room));
        int length = name.IndexOf((byte)0);
        if (length < 0)
        {
            name = _file.Peek(at, room);
            length = name.IndexOf((byte)0);
        }

        return length < 0 ? name : name[..length];
    }

    /// <summary>The name of a symbol, to be kept.</summary>
    /// <exception cref="GoCrossException">ElfLimit: the file's texts add up to more than they could honestly be.</exception>
    internal string TextOf(in ElfSymbolEntry symbol)
    {
        ReadOnlySpan<byte> name = NameOf(symbol);
        _file.SpendText(name.Length);
        return System.Text.Encoding.UTF8.GetString(name);
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        Return(ref _symbols!);
        Return(ref _versions!);
        Return(ref _names);
    }

    private static void Return(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }

    private bool Fill()
    {
        long count = Math.Min(SymbolsAtOnce, Count - _next);
        if (count <= 0)
        {
            return false;
        }

        int size = _file.Encoding.SymbolSize;
        ReadExactly(_offset + (_next * size), _symbols.AsSpan(0, (int)count * size));
        if (_versionOffset >= 0)
        {
            ReadExactly(_versionOffset + (_next * 2), _versions.AsSpan(0, (int)count * 2));
        }

        _next += count;
        _held = (int)count;
        _position = 0;
        return true;
    }

    private byte[] HoldNames()
    {
        byte[] names = ArrayPool<byte>.Shared.Rent((int)_namesSize);
        ReadExactly(_namesOffset, names.AsSpan(0, (int)_namesSize));
        return names;
    }

    private void ReadExactly(long offset, Span<byte> buffer)
    {
        if (_file.Read(offset, buffer) != buffer.Length)
        {
            throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.FileChanged), _file.Name);
        }
    }

    // Nothing in the dynamic section says how many symbols there are. DT_HASH does by the way, and DT_GNU_HASH when its
    // chains are followed to the last symbol; files without either have no symbol that anybody looks up.
    private static long? CountDynamic(ElfFile file, ElfDynamicSection dynamic)
    {
        if (dynamic.ValueOf(DynamicTag.Hash) is not null)
        {
            // Alpha's and s390x' words of this one table have 64 bits.
            const int Alpha = 0x9026;
            const int S390 = 22;
            int word = file.Encoding.IsWide && file.Header.Machine is S390 or Alpha ? 8 : 4;
            (long offset, long available) = dynamic.Locate(DynamicTag.Hash, "DT_HASH");
            if (available < 2 * word)
            {
                throw ElfErrors.Truncated(file.Name, "DT_HASH", (ulong)offset, 2 * word, offset + available);
            }

            ReadOnlySpan<byte> table = file.Peek(offset, 2 * word);
            ulong count = word == 8 ? file.Encoding.UInt64(table, 8) : file.Encoding.UInt32(table, 4);
            return (long)Math.Min(count, (ulong)file.Length);
        }

        return dynamic.ValueOf(DynamicTag.GnuHash) is null ? null : CountGnuHash(file, dynamic);
    }

    private static long CountGnuHash(ElfFile file, ElfDynamicSection dynamic)
    {
        const int HeaderSize = 16;
        (long offset, long available) = dynamic.Locate(DynamicTag.GnuHash, "DT_GNU_HASH");
        if (available < HeaderSize)
        {
            throw ElfErrors.Truncated(file.Name, "DT_GNU_HASH", (ulong)offset, HeaderSize, offset + available);
        }

        ReadOnlySpan<byte> header = file.Peek(offset, HeaderSize);
        long buckets = file.Encoding.UInt32(header, 0);
        long firstHashed = file.Encoding.UInt32(header, 4);
        long bloom = file.Encoding.UInt32(header, 8);
        long bucketsAt = HeaderSize + (bloom * file.Encoding.WordSize);
        long chainsAt = bucketsAt + (buckets * 4);
        if (chainsAt > available)
        {
            throw ElfErrors.Truncated(file.Name, "DT_GNU_HASH", (ulong)offset, chainsAt, offset + available);
        }

        long last = 0;
        for (long i = 0; i < buckets; i++)
        {
            last = Math.Max(last, file.Encoding.UInt32(file.Peek(offset + bucketsAt + (i * 4), 4), 0));
        }

        if (last < firstHashed)
        {
            // Nothing is exported. Linkers write 1 for the first hashed symbol then, however many there are before it.
            return Math.Max(firstHashed, CountUpToNextTable(file, dynamic));
        }

        // The last chain's last word has its lowest bit set.
        long chain = chainsAt + ((last - firstHashed) * 4);
        while (chain + 4 <= available && (file.Encoding.UInt32(file.Peek(offset + chain, 4), 0) & 1) == 0)
        {
            chain += 4;
        }

        return firstHashed + ((chain - chainsAt) / 4) + 1;
    }

    // The tables lie one behind the other.
    private static long CountUpToNextTable(ElfFile file, ElfDynamicSection dynamic)
    {
        ulong start = dynamic.ValueOf(DynamicTag.SymbolTable) ?? 0;
        ulong end = ulong.MaxValue;
        foreach (ulong tag in (ReadOnlySpan<ulong>)
            [DynamicTag.StringTable, DynamicTag.GnuHash, DynamicTag.VersionSymbols, DynamicTag.VersionNeeds,
             DynamicTag.VersionDefinitions, DynamicTag.Relocations, DynamicTag.RelocationsWithAddend,
             DynamicTag.PltRelocations])
        {
            if (dynamic.ValueOf(tag) is { } address && address > start)
            {
                end = Math.Min(end, address);
            }
        }

        return end == ulong.MaxValue ? 0 : (long)Math.Min(end - start, (ulong)file.Length) / file.Encoding.SymbolSize;
    }
}
