namespace GoCross.Files;

/// <summary>What a file is, told from its first bytes.</summary>
public enum BinaryFormat
{
    /// <summary>None of the formats below.</summary>
    Unknown,

    /// <summary>Linux and most other Unix systems: Executable and Linkable Format.</summary>
    Elf,

    /// <summary>
    /// Windows: Portable Executable, as .NET's assemblies are too. A program for DOS begins as the stub of one does.
    /// </summary>
    Pe,

    /// <summary>macOS: Mach-O for one architecture.</summary>
    MachO,

    /// <summary>macOS: Mach-O for several architectures in one file (universal, or fat, binary).</summary>
    MachOUniversal,

    /// <summary>WebAssembly.</summary>
    WebAssembly,

    /// <summary>A text that an interpreter runs (<c>#!</c>).</summary>
    Script,

    /// <summary>A static library or another archive of <c>ar</c>.</summary>
    Archive,
}
