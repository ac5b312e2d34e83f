namespace GoCross.Elf;

/// <summary>The order of a file's bytes (e_ident[EI_DATA]).</summary>
public enum ElfByteOrder
{
    /// <summary>The least significant byte first: ELFDATA2LSB.</summary>
    LittleEndian = 1,

    /// <summary>The most significant byte first: ELFDATA2MSB.</summary>
    BigEndian = 2,
}
