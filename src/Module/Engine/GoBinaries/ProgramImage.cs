using System.Buffers.Binary;
using GoCross.Elf;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>
/// A program's file as a loader sees it, the same for ELF, PE and Mach-O: what lies where in memory, and which bytes of
/// the file it comes from. Nothing of the content is read before it is asked for.
/// </summary>
internal sealed class ProgramImage
{
    /// <summary>What the bytes are read from.</summary>
    public required IRandomAccessSource Source { get; init; }

    /// <summary>The file's format.</summary>
    public required BinaryFormat Format { get; init; }

    /// <summary>A pointer's size in bytes: 4 or 8.</summary>
    public required int PointerSize { get; init; }

    /// <summary>Whether the most significant byte of a number comes first.</summary>
    public required bool BigEndian { get; init; }

    /// <summary>What is loaded into memory. In a PE file these are the sections.</summary>
    public required IReadOnlyList<ImageRange> Segments { get; init; }

    /// <summary>The named parts; empty where the file has no section headers, or none that can be used.</summary>
    public required IReadOnlyList<ImageRange> Sections { get; init; }

    /// <summary>What Go calls the machine (GOARCH); null where it is not known.</summary>
    public string? Architecture { get; init; }

    /// <summary>The header of the segment that tells the loader what to do (PT_DYNAMIC); null where there is none.</summary>
    public ElfProgramHeader? Dynamic { get; init; }

    /// <summary>
    /// Gives the value that a loader would put at an address where the file has a zero; null where it would put none.
    /// Position-independent programs of linkers that keep addends in the relocations need it.
    /// </summary>
    public Func<ulong, ulong?>? Relocated { get; init; }

    /// <summary>The file's name, for errors.</summary>
    public string Path => Source.Name;

    /// <summary>Finds a section by name.</summary>
    public ImageRange? FindSection(string name)
    {
        foreach (ImageRange section in Sections)
        {
            if (section.Name == name)
            {
                return section;
            }
        }

        return null;
    }

    /// <summary>Finds the bytes of the file that are loaded at an address.</summary>
    /// <param name="address">An address in memory.</param>
    /// <param name="offset">Where the file has it.</param>
    /// <param name="available">How many bytes follow there in the same segment.</param>
    public bool TryMap(ulong address, out long offset, out long available)
    {
        foreach (ImageRange segment in Segments)
        {
            if (segment.Contains(address))
            {
                long into = (long)(address - segment.Address);
                offset = segment.Offset + into;
                available = segment.Length - into;
                return true;
            }
        }

        offset = 0;
        available = 0;
        return false;
    }

    /// <summary>Reads a number of a pointer's size.</summary>
    public ulong ReadWord(ReadOnlySpan<byte> bytes) => PointerSize == 4
        ? BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes)
        : BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    /// <summary>Reads a 32-bit number.</summary>
    public uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
