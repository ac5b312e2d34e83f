namespace GoCross.Elf;

/// <summary>How much of what the loader fills in is read-only when the program starts.</summary>
public enum ElfRelro
{
    /// <summary>Nothing: there is no PT_GNU_RELRO.</summary>
    None,

    /// <summary>All but the table of functions that are bound when first called.</summary>
    Partial,

    /// <summary>All: PT_GNU_RELRO, and every function is bound at the start.</summary>
    Full,
}
