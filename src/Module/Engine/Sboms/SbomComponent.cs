using GoCross.Names;

namespace GoCross.Sboms;

/// <summary>One component of a bill of materials.</summary>
public sealed record SbomComponent
{
    // Arrays, whatever they are made of: a script asks for the third by its number.
    private readonly IReadOnlyList<SbomPlace> _places = [];

    /// <summary>What it is.</summary>
    public required SbomComponentKind Kind { get; init; }

    /// <summary>
    /// Its name: of a module the exact path, of the standard library stdlib, of a program the path of its file, of a
    /// package the package's.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Its version; null where nothing tells it.</summary>
    public string? Version { get; init; }

    /// <summary>What other programs call it (purl); null for what has no name outside.</summary>
    public PackageUrl? PackageUrl { get; init; }

    /// <summary>Go's hash of a module as go.sum has it, h1:...; null where none was recorded.</summary>
    public string? Sum { get; init; }

    /// <summary>The module that this one stands in for, by a replace in go.mod, path and version; null for none.</summary>
    public string? Replaces { get; init; }

    /// <summary>The directory that stands in for this module, by a replace in go.mod; then its version says nothing of its code.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>The source package that a package of a distribution was built from; null elsewhere.</summary>
    public string? SourceName { get; init; }

    /// <summary>The source package's version; null elsewhere.</summary>
    public string? SourceVersion { get; init; }

    /// <summary>What a package runs on, in the package system's words; null elsewhere.</summary>
    public string? Architecture { get; init; }

    /// <summary>Where it is read that it is there.</summary>
    public required SbomEvidence Evidence { get; init; }

    /// <summary>Where it is: for what several programs hold, each.</summary>
    public IReadOnlyList<SbomPlace> Places
    {
        get => _places;
        init => _places = value.ToArray();
    }

    /// <summary>The layers that brought it, from 0 for the lowest; none outside of images.</summary>
    public IReadOnlyList<int> Layers => Places.Select(place => place.Layer).OfType<int>().Distinct().Order().ToArray();

    /// <summary>Name and version.</summary>
    public override string ToString() => Version is null ? Name : $"{Name}@{Version}";
}
