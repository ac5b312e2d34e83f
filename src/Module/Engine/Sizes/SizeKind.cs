namespace GoCross.Sizes;

/// <summary>What bytes of a program's file are for.</summary>
public enum SizeKind
{
    /// <summary>Machine code of Go functions.</summary>
    Code,

    /// <summary>Machine code of C and what goes with it: start-up code, unwind tables.</summary>
    CCode,

    /// <summary>The names of functions and source files in the function table (runtime.pclntab), for stack traces.</summary>
    FunctionNames,

    /// <summary>The function table's records, and what the garbage collector and stack traces need of each function.</summary>
    FunctionTables,

    /// <summary>The function table's maps from code to lines, files and stack depths.</summary>
    LineTables,

    /// <summary>Type descriptors with their names and methods, and the tables of interface methods.</summary>
    Types,

    /// <summary>Texts of the source and single files that go:embed put beside them, where they can be told from other data.</summary>
    Strings,

    /// <summary>Files that go:embed put into variables of type embed.FS.</summary>
    EmbeddedFiles,

    /// <summary>Other variables and constants that have a value from the start.</summary>
    Data,

    /// <summary>What a loader or dynamic linker reads: relocations, dynamic symbols, signatures.</summary>
    Linking,

    /// <summary>Build information and notes.</summary>
    BuildInfo,

    /// <summary>Debug information (DWARF).</summary>
    Dwarf,

    /// <summary>The symbol table of linkers and debuggers, with its names.</summary>
    Symbols,

    /// <summary>The file's own headers.</summary>
    Headers,

    /// <summary>Filling between parts that begin at a page or another boundary.</summary>
    Padding,

    /// <summary>What cannot be told.</summary>
    Unknown,
}
