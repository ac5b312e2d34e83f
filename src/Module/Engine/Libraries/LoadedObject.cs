namespace GoCross.Libraries;

/// <summary>A file that a loader has loaded for a program (glibc's link_map, musl's dso).</summary>
internal sealed class LoadedObject
{
    /// <summary>The path by which it was found; for the program, the one without links, as /proc/self/exe has it.</summary>
    internal required string Path { get; init; }

    /// <summary>The path without links. Two names of one file are one object.</summary>
    internal required string RealPath { get; init; }

    /// <summary>What it holds.</summary>
    internal required LibraryFile File { get; init; }

    /// <summary>Who asked for it first; null for the program.</summary>
    internal required LoadedObject? Loader { get; init; }

    /// <summary>How many steps away from the program.</summary>
    internal required int Depth { get; init; }

    /// <summary>By what names it is known.</summary>
    internal HashSet<string> Names { get; } = [];

    /// <summary>What $ORIGIN stands for: the directory of the path by which it was found.</summary>
    internal string Origin => Path.LastIndexOf('/') is > 0 and var at ? Path[..at] : "/";
}
