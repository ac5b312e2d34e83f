namespace GoCross.Elf;

/// <summary>The ELF header (gABI, "ELF Header"), with the counts that are too big for it put right.</summary>
public sealed record ElfHeader
{
    /// <summary>e_ident[EI_CLASS].</summary>
    public required ElfClass Class { get; init; }

    /// <summary>e_ident[EI_DATA].</summary>
    public required ElfByteOrder ByteOrder { get; init; }

    /// <summary>e_ident[EI_OSABI].</summary>
    public required byte OSAbi { get; init; }

    /// <summary>e_type.</summary>
    public required ElfType Type { get; init; }

    /// <summary>e_machine.</summary>
    public required ushort Machine { get; init; }

    /// <summary>e_entry: where a program starts; 0 where there is no such place.</summary>
    public required ulong Entry { get; init; }

    /// <summary>e_flags.</summary>
    public required uint Flags { get; init; }

    /// <summary>e_phoff, in bytes.</summary>
    public required ulong ProgramHeaderOffset { get; init; }

    /// <summary>e_phentsize, in bytes.</summary>
    public required ushort ProgramHeaderSize { get; init; }

    /// <summary>The number of program headers: e_phnum, or where that is PN_XNUM, sh_info of the first section.</summary>
    public required uint ProgramHeaderCount { get; init; }

    /// <summary>e_shoff, in bytes; 0 where there are no section headers.</summary>
    public required ulong SectionHeaderOffset { get; init; }

    /// <summary>e_shentsize, in bytes.</summary>
    public required ushort SectionHeaderSize { get; init; }

    /// <summary>e_shnum as it stands in the header: 0 also where the number is too big for it.</summary>
    public required ushort SectionHeaderCount { get; init; }

    /// <summary>e_shstrndx as it stands in the header: SHN_XINDEX where the number is too big for it.</summary>
    public required ushort SectionNameIndex { get; init; }
}
