namespace GoCross.Elf;

/// <summary>Who gets a symbol from the file that defines it (gABI, "Symbol Table", ELF_ST_VISIBILITY).</summary>
public enum ElfSymbolVisibility
{
    /// <summary>STV_DEFAULT: as its binding says.</summary>
    Default = 0,

    /// <summary>STV_INTERNAL: as Hidden, and the processor's own rules add to it.</summary>
    Internal = 1,

    /// <summary>STV_HIDDEN: the file alone.</summary>
    Hidden = 2,

    /// <summary>STV_PROTECTED: everyone, and the file itself never takes another's.</summary>
    Protected = 3,
}
