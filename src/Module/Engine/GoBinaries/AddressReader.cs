using GoCross.Elf;

namespace GoCross.GoBinaries;

/// <summary>
/// Reads words of a program's memory as they are once the loader has relocated it: position-independent ELF programs may
/// have zeros in the file and the values in the relocations (gABI, Relocation: DT_RELA).
/// </summary>
internal sealed class AddressReader
{
    /// <summary>The most relocations that are read: 16 times those of the largest programs.</summary>
    private const long MaxRelocations = 16_000_000;

    private readonly ProgramImage _image;
    private readonly ulong[] _places;
    private readonly ulong[] _values;

    private AddressReader(ProgramImage image, ulong[] places, ulong[] values)
    {
        _image = image;
        _places = places;
        _values = values;
    }

    /// <summary>The size of a pointer in bytes.</summary>
    public int WordSize => _image.PointerSize;

    /// <summary>Reads a program's relocations, where it has any.</summary>
    public static AddressReader Create(ProgramImage image)
    {
        if (image.Dynamic is not { FileSize: > 0 } dynamic
            || !TryFindTable(image, dynamic, out long offset, out long bytes))
        {
            return new AddressReader(image, [], []);
        }

        int word = image.PointerSize;
        long count = Math.Min(bytes / (3 * word), MaxRelocations);
        byte[] table = new byte[count * 3 * word];
        count = image.Source.Read(offset, table) / (3 * word);
        ulong[] places = new ulong[count];
        ulong[] values = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            places[i] = image.ReadWord(table.AsSpan(i * 3 * word));
            values[i] = image.ReadWord(table.AsSpan((i * 3 * word) + (2 * word)));
        }

        Array.Sort(places, values);
        return new AddressReader(image, places, values);
    }

    /// <summary>The places that hold an address once the program is relocated.</summary>
    public IEnumerable<ulong> PlacesOf(ulong value)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            if (_values[i] == value)
            {
                yield return _places[i];
            }
        }
    }

    /// <summary>The places that hold an address a distance behind themselves once the program is relocated.</summary>
    public IEnumerable<ulong> PlacesBefore(ulong distance)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            if (_values[i] == _places[i] + distance)
            {
                yield return _places[i];
            }
        }
    }

    /// <summary>Takes the word at a place.</summary>
    /// <param name="address">The place.</param>
    /// <param name="bytes">What the file has there.</param>
    public ulong Word(ulong address, ReadOnlySpan<byte> bytes)
    {
        ulong value = _image.ReadWord(bytes);
        if (value != 0 || _places.Length == 0)
        {
            return value;
        }

        int found = Array.BinarySearch(_places, address);
        return found < 0 ? 0 : _values[found];
    }

    /// <summary>Finds the table of the relocations with explicit addends (gABI, DT_RELA and DT_RELASZ).</summary>
    /// <param name="image">The program.</param>
    /// <param name="dynamic">Where its dynamic section is.</param>
    /// <param name="offset">Where the table is in the file.</param>
    /// <param name="bytes">Its length, as far as the file has it.</param>
    internal static bool TryFindTable(ProgramImage image, ElfProgramHeader dynamic, out long offset, out long bytes)
    {
        const ulong RelaTable = 7;
        const ulong RelaSize = 8;
        int word = image.PointerSize;
        byte[] entries = new byte[(int)Math.Min(dynamic.FileSize, 64 * 1024)];
        int read = dynamic.Offset <= (ulong)image.Source.Length ? image.Source.Read((long)dynamic.Offset, entries) : 0;
        ulong table = 0;
        ulong size = 0;
        for (int at = 0; at + (2 * word) <= read; at += 2 * word)
        {
            ulong tag = image.ReadWord(entries.AsSpan(at));
            ulong value = image.ReadWord(entries.AsSpan(at + word));
            if (tag == 0)
            {
                break;
            }

            table = tag == RelaTable ? value : table;
            size = tag == RelaSize ? value : size;
        }

        bytes = 0;
        offset = 0;
        if (size == 0 || !image.TryMap(table, out offset, out long available))
        {
            return false;
        }

        bytes = (long)Math.Min(size, (ulong)available);
        return true;
    }
}
