namespace GoCross.Elf;

/// <summary>A symbol that a file asks of its libraries, or offers to others, in the loader's table.</summary>
public sealed record ElfSymbol
{
    /// <summary>The file's full path.</summary>
    public required string File { get; init; }

    /// <summary>Its name, as the linker has it: C++'s are mangled.</summary>
    public required string Name { get; init; }

    /// <summary>Its version, such as GLIBC_2.34; null where it has none.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// Whether the linker gives this version to those who ask for none. False also where it has no version, and where
    /// it is another file's.
    /// </summary>
    public bool IsDefaultVersion { get; init; }

    /// <summary>Whether the file needs it of others (SHN_UNDEF). Otherwise the file defines it.</summary>
    public required bool IsImport { get; init; }

    /// <summary>The library that it is asked of; null where it has no version, for then any may have it.</summary>
    public string? Library { get; init; }

    /// <summary>How it goes with others of its name.</summary>
    public required ElfSymbolBinding Binding { get; init; }

    /// <summary>What it stands for.</summary>
    public required ElfSymbolType Type { get; init; }

    /// <summary>Who gets it.</summary>
    public required ElfSymbolVisibility Visibility { get; init; }

    /// <summary>
    /// Where it is when the file is loaded at 0; of <see cref="ElfSymbolType.ThreadLocal"/>, its place in the threads'
    /// data. Mostly 0 for what is imported.
    /// </summary>
    public required ulong Value { get; init; }

    /// <summary>Its length in bytes; 0 where it has none, or that is not known.</summary>
    public required ulong Size { get; init; }

    /// <summary>Name and version as nm prints them: getenv@GLIBC_2.2.5, and with @@ for the default version.</summary>
    public override string ToString() =>
        Version is null ? Name : $"{Name}{(IsDefaultVersion ? "@@" : "@")}{Version}";
}
