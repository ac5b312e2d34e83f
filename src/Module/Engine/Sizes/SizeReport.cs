using GoCross.Files;

namespace GoCross.Sizes;

/// <summary>Where a program's bytes are, and what would make it smaller.</summary>
public sealed record SizeReport
{
    /// <summary>The file's full path.</summary>
    public required string Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string FullName => Path;

    /// <summary>Its format.</summary>
    public required BinaryFormat Format { get; init; }

    /// <summary>Its length in bytes; where UPX packed it, that of the program as it was before.</summary>
    public required long Length { get; init; }

    /// <summary>The file's length in bytes where UPX packed it; null where it is as it was linked.</summary>
    public long? PackedLength { get; init; }

    /// <summary>The toolchain that built it, such as go1.23.5; null where it is not recorded.</summary>
    public string? GoVersion { get; init; }

    /// <summary>The system and architecture that it is for, as in linux/arm64; null where it is not recorded.</summary>
    public string? Platform { get; init; }

    /// <summary>Whether it has debug information.</summary>
    public required bool HasDwarf { get; init; }

    /// <summary>Whether it has a symbol table.</summary>
    public required bool HasSymbols { get; init; }

    /// <summary>How many packages have code in it.</summary>
    public required int PackageCount { get; init; }

    /// <summary>
    /// Whether reflection keeps methods that nothing calls: Method or MethodByName with a name that is not constant. Null
    /// where it cannot be told.
    /// </summary>
    public required bool? KeepsAllMethods { get; init; }

    /// <summary>The share of exported methods that the linker dropped, 1 being all; null where it cannot be told.</summary>
    public required double? DroppedMethods { get; init; }

    /// <summary>The code of methods that types keep, in bytes: the most that reflection can cost.</summary>
    public required long MethodCode { get; init; }

    /// <summary>The files that go:embed put into variables of type embed.FS, largest first. A single file in a string cannot be told.</summary>
    public IReadOnlyList<EmbeddedFile> EmbeddedFiles { get; init; } = [];

    /// <summary>Its bytes by kind, largest first.</summary>
    public required IReadOnlyList<SizeShare> Kinds { get; init; }

    /// <summary>What could be done about its size.</summary>
    public required IReadOnlyList<SizePrediction> Predictions { get; init; }
}
