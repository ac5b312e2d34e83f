namespace GoCross.Libraries;

/// <summary>What a search came to.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Rule">By which rule it was found, or the candidate that cannot be loaded.</param>
/// <param name="Path">The path by which it was found.</param>
/// <param name="RealPath">The path without links.</param>
/// <param name="File">What it holds.</param>
/// <param name="Loaded">The object, where it had been loaded before.</param>
internal readonly record struct Finding(
    ElfLibraryStatus Status,
    ElfLibraryRule Rule = ElfLibraryRule.None,
    string? Path = null,
    string? RealPath = null,
    LibraryFile? File = null,
    LoadedObject? Loaded = null);
