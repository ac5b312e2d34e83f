namespace GoCross.Elf;

/// <summary>What to read beyond the header, the program headers, the dynamic section and the notes.</summary>
[Flags]
public enum ElfFacts
{
    /// <summary>Nothing more: linkage, loader, libraries, verdict. Four or five reads.</summary>
    Linkage = 0,

    /// <summary>The versions that a file asks of its libraries: <see cref="ElfReport.VersionNeeds"/>, <see cref="ElfReport.MinimumGlibc"/>.</summary>
    Versions = 1,

    /// <summary>The section headers: <see cref="ElfReport.Stripped"/>, <see cref="ElfReport.HasDwarf"/>.</summary>
    Sections = 2,

    /// <summary>The symbols: which of them ask for the newest glibc, and the stack canary. Includes the versions.</summary>
    Symbols = 4 | Versions,

    /// <summary>All of them.</summary>
    All = Versions | Sections | Symbols,
}
