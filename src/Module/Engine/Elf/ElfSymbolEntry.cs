namespace GoCross.Elf;

/// <summary>A symbol as its table has it (gABI, "Symbol Table").</summary>
/// <param name="NameOffset">st_name: where its name starts in the string table.</param>
/// <param name="Info">st_info: binding and type.</param>
/// <param name="Other">st_other: visibility, and what the machine adds.</param>
/// <param name="Section">st_shndx; 0 (SHN_UNDEF) where another file has to define it.</param>
/// <param name="Value">st_value: its address, in most files.</param>
/// <param name="Size">st_size, in bytes.</param>
/// <param name="Version">vs_index, with its highest bit: the number of its version; 0 for a local one, 1 for one without a version.</param>
internal readonly record struct ElfSymbolEntry(
    uint NameOffset, byte Info, byte Other, ushort Section, ulong Value, ulong Size, ushort Version)
{
    /// <summary>Whether another file has to define it.</summary>
    internal bool IsUndefined => Section == 0;

    /// <summary>Whether other files may use it, or should provide it: STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE.</summary>
    internal bool IsGlobal => Info >> 4 is 1 or 2 or 10;

    /// <summary>The number of its version.</summary>
    internal int VersionIndex => Version & 0x7fff;

    /// <summary>Whether only those get it who ask for its version (VERSYM_HIDDEN).</summary>
    internal bool IsHiddenVersion => (Version & 0x8000) != 0;
}
