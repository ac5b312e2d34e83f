using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>
/// The dynamic section (gABI, chapter 5, "Dynamic Section"), found through PT_DYNAMIC and read the way the loader does:
/// its addresses lead through the PT_LOAD segments, no section header is asked.
/// </summary>
public sealed class ElfDynamicSection
{
    /// <summary>The most entries that are read.</summary>
    public const int MaxEntries = 65_536;

    /// <summary>The longest path or name that is read, in bytes: PATH_MAX is 4096, lists of directories are longer.</summary>
    public const int MaxTextLength = 32 * 1024;

    private readonly ElfFile _file;
    private readonly List<ulong> _needed = [];
    private readonly Dictionary<ulong, ulong> _values = [];
    private long _textOffset;
    private long _textSize = -1;

    private ElfDynamicSection(ElfFile file) => _file = file;

    /// <summary>DT_NEEDED: the libraries to load, in their order.</summary>
    public IReadOnlyList<string> Needed { get; private set; } = [];

    /// <summary>DT_SONAME: what a library calls itself.</summary>
    public string? SoName { get; private set; }

    /// <summary>DT_RPATH: where to look first, as it stands there.</summary>
    public string? RPath { get; private set; }

    /// <summary>DT_RUNPATH: where to look after LD_LIBRARY_PATH, as it stands there.</summary>
    public string? RunPath { get; private set; }

    /// <summary>DT_FLAGS_1.</summary>
    public ulong Flags1 => ValueOf(DynamicTag.Flags1) ?? 0;

    /// <summary>Whether this is a program that can lie at any address: DF_1_PIE.</summary>
    public bool IsPie => (Flags1 & 0x0800_0000) != 0;

    /// <summary>Whether the loader's default directories are not to be searched: DF_1_NODEFLIB.</summary>
    public bool NoDefaultLibraries => (Flags1 & 0x800) != 0;

    /// <summary>Whether all functions are bound at the start: DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW.</summary>
    public bool BindNow =>
        _values.ContainsKey(DynamicTag.BindNow) || ((ValueOf(DynamicTag.Flags) ?? 0) & 8) != 0 || (Flags1 & 1) != 0;

    /// <summary>Reads the dynamic section.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Null where there is no PT_DYNAMIC, or the file does not hold what it is about.</returns>
    /// <exception cref="GoCrossException">ElfTruncated; ElfFieldInvalid; ElfAddressInvalid; ElfLimit.</exception>
    public static ElfDynamicSection? Read(ElfFile file)
    {
        foreach (ElfProgramHeader segment in file.ProgramHeaders)
        {
            if (segment.Type == ElfSegmentType.Dynamic && segment.FileSize != 0)
            {
                var section = new ElfDynamicSection(file);
                section.ReadEntries(segment);
                section.ReadTexts();
                return section;
            }
        }

        return null;
    }

    /// <summary>The value of a tag; the last one where there are several, as the loader has it.</summary>
    internal ulong? ValueOf(ulong tag) => _values.TryGetValue(tag, out ulong value) ? value : null;

    /// <summary>A text of the string table.</summary>
    /// <param name="index">Its offset in the table.</param>
    /// <param name="field">Who asks, for the error.</param>
    /// <exception cref="GoCrossException">ElfFieldInvalid: it starts outside the table, or does not end in it.</exception>
    internal string Text(ulong index, string field)
    {
        FindStringTable();
        if (index >= (ulong)_textSize)
        {
            throw ElfErrors.FieldInvalid(_file.Name, field, index, $"< {_textSize} (DT_STRSZ)");
        }

        return _file.ReadText(_textOffset + (long)index, _textSize - (long)index, MaxTextLength)
            ?? throw ElfErrors.FieldInvalid(_file.Name, field, index, $"NUL <= {MaxTextLength}");
    }

    /// <summary>Where the string table lies in the file.</summary>
    /// <exception cref="GoCrossException">ElfAddressInvalid.</exception>
    internal (long Offset, long Size) FindStringTable()
    {
        if (_textSize < 0)
        {
            (_textOffset, long available) = Locate(DynamicTag.StringTable, "DT_STRTAB");
            _textSize = (long)Math.Min((ulong)available, ValueOf(DynamicTag.StringTableSize) ?? ulong.MaxValue);
        }

        return (_textOffset, _textSize);
    }

    /// <summary>Where the table that a tag points to lies in the file.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="name">Its name, for the error.</param>
    /// <exception cref="GoCrossException">ElfAddressInvalid: no segment of the file holds that address.</exception>
    internal (long Offset, long Available) Locate(ulong tag, string name)
    {
        ulong address = ValueOf(tag) ?? 0;
        return _file.TryGetOffset(address, out long offset, out long available)
            ? (offset, available)
            : throw ElfErrors.AddressInvalid(_file.Name, name, address);
    }

    private void ReadEntries(ElfProgramHeader segment)
    {
        // The loader goes by the address. In files whose PT_LOAD segments do not hold it only the offset is left.
        if (!_file.TryGetOffset(segment.VirtualAddress, out long offset, out long available))
        {
            if (!_file.Contains(segment.Offset, segment.FileSize))
            {
                throw ElfErrors.Truncated(_file.Name, "PT_DYNAMIC", segment.Offset, (long)segment.FileSize, _file.Length);
            }

            offset = (long)segment.Offset;
            available = (long)segment.FileSize;
        }

        int size = _file.Encoding.DynamicEntrySize;
        long count = (long)Math.Min((ulong)available, segment.FileSize) / size;
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = _file.Peek(offset + (i * size), size);
            ulong tag = _file.Encoding.Word(entry, 0);
            if (tag == DynamicTag.Null)
            {
                return;
            }

            if (i == MaxEntries)
            {
                throw ElfErrors.Limit(_file.Name, "PT_DYNAMIC", MaxEntries);
            }

            ulong value = _file.Encoding.Word(entry, size / 2);
            if (tag == DynamicTag.Needed)
            {
                _needed.Add(value);
            }
            else
            {
                _values[tag] = value;
            }
        }
    }

    private void ReadTexts()
    {
        if (_needed.Count > 0)
        {
            var needed = new string[_needed.Count];
            for (int i = 0; i < needed.Length; i++)
            {
                needed[i] = Text(_needed[i], "DT_NEEDED");
            }

            Needed = needed;
        }

        SoName = TextOf(DynamicTag.SoName, "DT_SONAME");
        RPath = TextOf(DynamicTag.RPath, "DT_RPATH");
        RunPath = TextOf(DynamicTag.RunPath, "DT_RUNPATH");
    }

    private string? TextOf(ulong tag, string name) => ValueOf(tag) is { } index ? Text(index, name) : null;
}
