using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GoCross.Elf;

/// <summary>How a file writes its numbers: their width and byte order.</summary>
internal readonly struct ElfEncoding(ElfClass elfClass, ElfByteOrder byteOrder)
{
    private readonly bool _big = byteOrder == ElfByteOrder.BigEndian;

    /// <summary>Whether addresses have 64 bits.</summary>
    internal bool IsWide { get; } = elfClass == ElfClass.Elf64;

    /// <summary>Bytes of an address.</summary>
    internal int WordSize => IsWide ? 8 : 4;

    /// <summary>Bytes of the ELF header.</summary>
    internal int HeaderSize => IsWide ? 64 : 52;

    /// <summary>Bytes of a program header.</summary>
    internal int ProgramHeaderSize => IsWide ? 56 : 32;

    /// <summary>Bytes of a section header.</summary>
    internal int SectionHeaderSize => IsWide ? 64 : 40;

    /// <summary>Bytes of an entry of the dynamic section.</summary>
    internal int DynamicEntrySize => IsWide ? 16 : 8;

    /// <summary>Bytes of a symbol.</summary>
    internal int SymbolSize => IsWide ? 24 : 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ushort UInt16(ReadOnlySpan<byte> bytes, int at) => _big
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint UInt32(ReadOnlySpan<byte> bytes, int at) => _big
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong UInt64(ReadOnlySpan<byte> bytes, int at) => _big
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    /// <summary>A number as wide as an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Word(ReadOnlySpan<byte> bytes, int at) => IsWide ? UInt64(bytes, at) : UInt32(bytes, at);
}
