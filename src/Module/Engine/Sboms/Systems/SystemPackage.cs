namespace GoCross.Sboms;

/// <summary>A package of a distribution, as its database has it.</summary>
internal sealed record SystemPackage
{
    /// <summary>Whether it is Debian's or Alpine's.</summary>
    internal required SbomComponentKind Kind { get; init; }

    internal required string Name { get; init; }

    internal required string Version { get; init; }

    internal string? Architecture { get; init; }

    internal string? SourceName { get; init; }

    internal string? SourceVersion { get; init; }

    /// <summary>Whether several architectures of it may be installed together: then its files are called by both.</summary>
    internal bool IsMultiArchSame { get; init; }

    /// <summary>The database that it is in, and the layer that brought it.</summary>
    internal required SbomPlace Place { get; init; }

    /// <summary>The paths of its files, where the database itself has them, beginning with a slash.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [];
}
