namespace GoCross.GoBinaries;

/// <summary>The layout of a function table, named after the first Go version that wrote it, as in Go's debug/gosym.</summary>
public enum GoFunctionTableVersion
{
    /// <summary>Go 1.2 to 1.15: names, functions and line tables in one.</summary>
    Go12,

    /// <summary>Go 1.16 and 1.17: a table for the names and one for the functions.</summary>
    Go116,

    /// <summary>Go 1.18 and 1.19: entries are offsets of 32 bits from the beginning of the code.</summary>
    Go118,

    /// <summary>Go 1.20 and later.</summary>
    Go120,
}
