using System.Buffers;
using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>
/// The section headers with their names as bytes: what most who ask about sections want is one of them, and a large
/// object file has thousands. Not safe for several threads.
/// </summary>
internal sealed class ElfSectionTable : IDisposable
{
    /// <summary>SHN_XINDEX: the index of the names' section is sh_link of the first section.</summary>
    private const ushort IndexElsewhere = 0xffff;

    /// <summary>The longest name that is read, in bytes.</summary>
    private const int MaxNameLength = 1024;

    /// <summary>Name tables up to this length are held; from longer ones names are read singly.</summary>
    private const int MaxHeldNames = 1024 * 1024;

    private readonly ElfFile _file;
    private readonly ElfSection[] _sections;
    private readonly uint[] _nameOffsets;
    private readonly long _namesOffset;
    private readonly long _namesSize;
    private byte[]? _names;

    private ElfSectionTable(ElfFile file, ElfSection[] sections, uint[] nameOffsets, uint nameIndex)
    {
        _file = file;
        _sections = sections;
        _nameOffsets = nameOffsets;
        if (nameIndex < (uint)sections.Length
            && sections[nameIndex] is var table
            && table.Type != ElfSection.NoBits
            && file.Contains(table.Offset, table.Size))
        {
            _namesOffset = (long)table.Offset;
            _namesSize = (long)table.Size;
        }
    }

    /// <summary>How many there are, with the empty first one.</summary>
    internal int Count => _sections.Length;

    /// <summary>A section without its name.</summary>
    internal ref readonly ElfSection this[int index] => ref _sections[index];

    /// <summary>Reads the headers. There are none where the file has none, or where they are damaged.</summary>
    internal static ElfSectionTable Read(ElfFile file)
    {
        ulong start = file.Header.SectionHeaderOffset;
        int size = file.Encoding.SectionHeaderSize;
        if (start == 0 || file.Header.SectionHeaderSize != size || !file.Contains(start, (ulong)size))
        {
            return new ElfSectionTable(file, [], [], 0);
        }

        (uint _, ElfSection first) = Decode(file.Encoding, file.Peek((long)start, size));
        ulong count = file.Header.SectionHeaderCount != 0 ? file.Header.SectionHeaderCount : first.Size;
        if (count > ElfFile.MaxSections || !file.Contains(start, count * (ulong)size))
        {
            return new ElfSectionTable(file, [], [], 0);
        }

        var sections = new ElfSection[count];
        var names = new uint[count];
        for (int i = 0; i < sections.Length; i++)
        {
            (names[i], sections[i]) = Decode(file.Encoding, file.Peek((long)start + ((long)i * size), size));
        }

        uint nameIndex = file.Header.SectionNameIndex == IndexElsewhere ? first.Link : file.Header.SectionNameIndex;
        return new ElfSectionTable(file, sections, names, nameIndex);
    }

    /// <summary>The first section of a name, or -1.</summary>
    /// <param name="name">The name in UTF-8.</param>
    internal int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _sections.Length; i++)
        {
            if (NameOf(i).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The name that sh_name stands for, until the next call; empty where it cannot be read.</summary>
    internal ReadOnlySpan<byte> NameOf(int index)
    {
        uint offset = _nameOffsets[index];
        if (offset >= _namesSize)
        {
            return default;
        }

        int room = (int)Math.Min(_namesSize - offset, MaxNameLength + 1);
        ReadOnlySpan<byte> bytes = _namesSize <= MaxHeldNames
            ? (_names ??= HoldNames()).AsSpan((int)offset, room)
            : _file.Peek(_namesOffset + offset, room);
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? default : bytes[..end];
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_names is not null)
        {
            ArrayPool<byte>.Shared.Return(_names);
            _names = null;
        }
    }

    private byte[] HoldNames()
    {
        byte[] names = ArrayPool<byte>.Shared.Rent((int)_namesSize);
        return _file.Read(_namesOffset, names.AsSpan(0, (int)_namesSize)) == _namesSize
            ? names
            : throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.FileChanged), _file.Name);
    }

    private static (uint NameOffset, ElfSection Section) Decode(ElfEncoding encoding, ReadOnlySpan<byte> bytes)
    {
        int word = encoding.WordSize;
        return (encoding.UInt32(bytes, 0), new ElfSection(
            string.Empty,
            Type: encoding.UInt32(bytes, 4),
            Flags: encoding.Word(bytes, 8),
            Address: encoding.Word(bytes, 8 + word),
            Offset: encoding.Word(bytes, 8 + (2 * word)),
            Size: encoding.Word(bytes, 8 + (3 * word)),
            Link: encoding.UInt32(bytes, 8 + (4 * word)),
            Info: encoding.UInt32(bytes, 12 + (4 * word)),
            EntrySize: encoding.Word(bytes, 16 + (5 * word))));
    }
}
