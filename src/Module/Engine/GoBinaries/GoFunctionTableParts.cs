namespace GoCross.GoBinaries;

/// <summary>Where the parts of a function table start, in bytes from its own start (runtime.pcHeader); each ends where the next starts.</summary>
/// <param name="TextStart">The address of the first function; 0 from Go 1.26 on, where only the module data has it.</param>
/// <param name="Names">The functions' names, each with its NUL.</param>
/// <param name="CompilationUnits">For each compilation unit the offsets of its files' names, 4 bytes each.</param>
/// <param name="FileNames">The source files' names, each with its NUL.</param>
/// <param name="LineTables">The tables that map code to lines, files, stack depths and so on.</param>
/// <param name="Functions">The sorted table of functions, and after it a record for each.</param>
internal sealed record GoFunctionTableParts(
    ulong TextStart, long Names, long CompilationUnits, long FileNames, long LineTables, long Functions);
