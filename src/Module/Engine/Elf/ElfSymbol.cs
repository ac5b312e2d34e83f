namespace GoCross.Elf;

/// <summary>What is read of a symbol (gABI, "Symbol Table").</summary>
/// <param name="NameOffset">st_name: where its name starts in the string table.</param>
/// <param name="Info">st_info: binding and type.</param>
/// <param name="Section">st_shndx; 0 (SHN_UNDEF) where another file has to define it.</param>
/// <param name="VersionIndex">The number of its version (vs_index); 0 for a local one, 1 for one without a version.</param>
internal readonly record struct ElfSymbol(uint NameOffset, byte Info, ushort Section, int VersionIndex)
{
    /// <summary>Whether another file has to define it.</summary>
    internal bool IsUndefined => Section == 0;

    /// <summary>Whether other files may use it, or should provide it: STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE.</summary>
    internal bool IsGlobal => Info >> 4 is 1 or 2 or 10;
}
