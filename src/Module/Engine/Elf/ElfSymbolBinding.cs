namespace GoCross.Elf;

/// <summary>How a symbol of one file goes with those of the same name in others (gABI, "Symbol Table", ELF_ST_BIND).</summary>
public enum ElfSymbolBinding
{
    /// <summary>STB_LOCAL: others do not see it.</summary>
    Local = 0,

    /// <summary>STB_GLOBAL: the first one that the loader comes to is taken. Where nobody defines it, the file does not run.</summary>
    Global = 1,

    /// <summary>STB_WEAK: where nobody defines it, it is 0.</summary>
    Weak = 2,

    /// <summary>STB_GNU_UNIQUE: there is one in the process, however its libraries were loaded.</summary>
    GnuUnique = 10,
}
