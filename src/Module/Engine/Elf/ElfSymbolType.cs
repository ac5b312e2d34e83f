namespace GoCross.Elf;

/// <summary>What a symbol stands for (gABI, "Symbol Table", ELF_ST_TYPE).</summary>
public enum ElfSymbolType
{
    /// <summary>STT_NOTYPE: it is not said.</summary>
    NoType = 0,

    /// <summary>STT_OBJECT: data.</summary>
    Object = 1,

    /// <summary>STT_FUNC: code.</summary>
    Function = 2,

    /// <summary>STT_SECTION: a section.</summary>
    Section = 3,

    /// <summary>STT_FILE: the source file.</summary>
    File = 4,

    /// <summary>STT_COMMON: data that the linker has to make room for.</summary>
    Common = 5,

    /// <summary>STT_TLS: data that every thread has its own of.</summary>
    ThreadLocal = 6,

    /// <summary>STT_GNU_IFUNC: code that chooses, once, the function that stands behind the name.</summary>
    IndirectFunction = 10,
}
