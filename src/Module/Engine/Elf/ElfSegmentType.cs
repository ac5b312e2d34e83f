namespace GoCross.Elf;

/// <summary>What a program header is about (p_type). Other values than these exist.</summary>
public enum ElfSegmentType : uint
{
    /// <summary>PT_NULL: unused.</summary>
    Null = 0,

    /// <summary>PT_LOAD: a piece of the file that lies in memory.</summary>
    Load = 1,

    /// <summary>PT_DYNAMIC: what the loader reads.</summary>
    Dynamic = 2,

    /// <summary>PT_INTERP: the path of the loader.</summary>
    Interpreter = 3,

    /// <summary>PT_NOTE: notes.</summary>
    Note = 4,

    /// <summary>PT_PHDR: the program headers themselves.</summary>
    ProgramHeaders = 6,

    /// <summary>PT_TLS: variables that each thread has for itself.</summary>
    ThreadLocalStorage = 7,

    /// <summary>PT_GNU_EH_FRAME: how to unwind the stack.</summary>
    GnuExceptionFrame = 0x6474e550,

    /// <summary>PT_GNU_STACK: whether the stack may hold code.</summary>
    GnuStack = 0x6474e551,

    /// <summary>PT_GNU_RELRO: what becomes read-only once the loader is done.</summary>
    GnuRelro = 0x6474e552,
}
