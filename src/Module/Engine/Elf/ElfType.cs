namespace GoCross.Elf;

/// <summary>What a file is, as its header says (e_type). Other values than these exist.</summary>
public enum ElfType
{
    /// <summary>ET_NONE: it does not say.</summary>
    None = 0,

    /// <summary>ET_REL: an object file, to be linked.</summary>
    Relocatable = 1,

    /// <summary>ET_EXEC: a program with fixed addresses.</summary>
    Executable = 2,

    /// <summary>ET_DYN: a shared library, or a program that can lie at any address (PIE).</summary>
    SharedObject = 3,

    /// <summary>ET_CORE: the memory of a process that crashed.</summary>
    Core = 4,
}
