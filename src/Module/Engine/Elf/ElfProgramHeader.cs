namespace GoCross.Elf;

/// <summary>A program header (gABI, "Program Header").</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags.</param>
/// <param name="Offset">p_offset, in bytes from the beginning of the file.</param>
/// <param name="VirtualAddress">p_vaddr.</param>
/// <param name="FileSize">p_filesz, in bytes.</param>
/// <param name="MemorySize">p_memsz, in bytes.</param>
/// <param name="Alignment">p_align, in bytes.</param>
public readonly record struct ElfProgramHeader(
    ElfSegmentType Type,
    ElfSegmentFlags Flags,
    ulong Offset,
    ulong VirtualAddress,
    ulong FileSize,
    ulong MemorySize,
    ulong Alignment);
