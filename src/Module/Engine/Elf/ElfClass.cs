namespace GoCross.Elf;

/// <summary>The width of a file's addresses (e_ident[EI_CLASS]).</summary>
public enum ElfClass
{
    /// <summary>32 bits: ELFCLASS32.</summary>
    Elf32 = 1,

    /// <summary>64 bits: ELFCLASS64.</summary>
    Elf64 = 2,
}
