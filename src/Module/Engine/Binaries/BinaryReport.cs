using System.Diagnostics.CodeAnalysis;
using GoCross.Elf;
using GoCross.GoBinaries;

namespace GoCross.Binaries;

/// <summary>All that is known of an ELF file: what its headers say, and for a Go program what Go wrote into it.</summary>
public record BinaryReport : ElfReport
{
    /// <summary>Adds to what the headers say.</summary>
    /// <param name="elf">What the headers say.</param>
    [SetsRequiredMembers]
    public BinaryReport(ElfReport elf)
        : base(elf)
    {
    }

    /// <summary>The toolchain, such as go1.23.5; null for a program that is not Go's, or that Go did not write it into.</summary>
    public string? GoVersion => GoBuild?.GoVersion;

    /// <summary>The path of the main module, or null.</summary>
    public string? Module => GoBuild?.Main?.Path;

    /// <summary>Go's build information, or null.</summary>
    public GoBuildInfo? GoBuild { get; init; }

    /// <summary>What the functions of a Go program tell of its needs, or null.</summary>
    public GoRuntimeFacts? GoRuntime { get; init; }

    /// <summary>What an image must hold for it, each with its reason, in the order in which a start would fail.</summary>
    public IReadOnlyList<RuntimeNeed> RuntimeNeeds { get; init; } = [];
}
