namespace GoCross.Libraries;

/// <summary>One file's need of one library, and what becomes of it when the program is started.</summary>
public sealed record ElfLibrary
{
    /// <summary>The name that is asked for (DT_NEEDED; for the loader, PT_INTERP).</summary>
    public required string Name { get; init; }

    /// <summary>The file on this machine, or the image and the path in it. Null where there is none.</summary>
    public string? Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string? FullName => Path;

    /// <summary>The file as the loader calls it: a path in the root that was searched. Null where there is none.</summary>
    public string? TargetPath { get; init; }

    /// <summary>Who asks: the program, or a library as the loader calls it.</summary>
    public required string Parent { get; init; }

    /// <summary>The program that this is about: its full path on this machine, or the image and the path in it.</summary>
    public required string Program { get; init; }

    /// <summary>How many steps away from the program: 1 for what it asks for itself.</summary>
    public required int Depth { get; init; }

    /// <summary>By which rule it was found.</summary>
    public required ElfLibraryRule Rule { get; init; }

    /// <summary>How the search ended.</summary>
    public required ElfLibraryStatus Status { get; init; }

    /// <summary>The versions that are asked of it and that it lacks: glibc's loader refuses to start the program then.</summary>
    public IReadOnlyList<string> MissingVersions { get; init; } = [];

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
