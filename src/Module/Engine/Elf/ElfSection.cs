namespace GoCross.Elf;

/// <summary>A section header (gABI, "Sections").</summary>
/// <param name="Name">The name that sh_name stands for; empty where it cannot be read.</param>
/// <param name="Type">sh_type.</param>
/// <param name="Flags">sh_flags.</param>
/// <param name="Address">sh_addr; 0 where it is not in memory.</param>
/// <param name="Offset">sh_offset, in bytes from the beginning of the file.</param>
/// <param name="Size">sh_size, in bytes. A section of <see cref="NoBits"/> takes none of them in the file.</param>
/// <param name="Link">sh_link.</param>
/// <param name="Info">sh_info.</param>
/// <param name="EntrySize">sh_entsize, in bytes.</param>
public readonly record struct ElfSection(
    string Name,
    uint Type,
    ulong Flags,
    ulong Address,
    ulong Offset,
    ulong Size,
    uint Link,
    uint Info,
    ulong EntrySize)
{
    /// <summary>SHT_SYMTAB: the symbols that a linker or a debugger needs; strip takes them out.</summary>
    public const uint SymbolTable = 2;

    /// <summary>SHT_NOTE: notes.</summary>
    public const uint Notes = 7;

    /// <summary>SHT_NOBITS: it is in memory only.</summary>
    public const uint NoBits = 8;

    /// <summary>Whether it is written to while the program runs (SHF_WRITE).</summary>
    public bool IsWritable => (Flags & 1) != 0;

    /// <summary>Whether it is in memory while the program runs (SHF_ALLOC).</summary>
    public bool IsAllocated => (Flags & 2) != 0;

    /// <summary>Whether it holds code (SHF_EXECINSTR).</summary>
    public bool IsExecutable => (Flags & 4) != 0;
}
