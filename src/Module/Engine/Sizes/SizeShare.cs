namespace GoCross.Sizes;

/// <summary>What a part of a program's file takes. The shares of one program by one dimension add up to the file's length.</summary>
public sealed record SizeShare
{
    /// <summary>The file's full path.</summary>
    public required string Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string FullName => Path;

    /// <summary>What the bytes are summed by.</summary>
    public required SizeDimension By { get; init; }

    /// <summary>The kind, section, module, package or source file; in parentheses what belongs to none.</summary>
    public required string Name { get; init; }

    /// <summary>The version of a module, or of Go for the standard library; null for other parts.</summary>
    public string? Version { get; init; }

    /// <summary>How much it takes, in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Its share of the file, 1 being all.</summary>
    public required double Share { get; init; }

    /// <summary>Its machine code in bytes.</summary>
    public long Code { get; init; }

    /// <summary>Its share of the function table in bytes.</summary>
    public long Tables { get; init; }

    /// <summary>Its types in bytes, with their names.</summary>
    public long Types { get; init; }

    /// <summary>The least that the file would shrink without the package, in bytes; null for other parts. An estimate.</summary>
    public long? LowestSaving { get; init; }

    /// <summary>The most that the file would shrink without the package, in bytes; null for other parts. An estimate.</summary>
    public long? HighestSaving { get; init; }

    /// <summary>Whether it is what belongs to none of the packages or modules, of one kind.</summary>
    internal bool BelongsToNone { get; init; }

    /// <summary>What it takes in the reference program, in bytes; null where none is compared, 0 where it is new.</summary>
    public long? ReferenceLength { get; init; }

    /// <summary>By how much it grew beside the reference program, in bytes; null where none is compared.</summary>
    public long? Difference => Length - ReferenceLength;
}
