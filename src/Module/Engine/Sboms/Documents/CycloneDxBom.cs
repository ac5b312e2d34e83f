using System.Text.Json.Serialization;

namespace GoCross.Sboms;

// CycloneDX 1.5 to 1.7, bom-1.x.schema.json: of the fields those that are written or read. A null is not written: the
// schema allows none. The order of the properties is that of the document.

/// <summary>A bill of materials.</summary>
internal sealed record CycloneDxBom
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public string? BomFormat { get; init; }

    public string? SpecVersion { get; init; }

    public string? SerialNumber { get; init; }

    public int? Version { get; init; }

    public CycloneDxMetadata? Metadata { get; init; }

    public IReadOnlyList<CycloneDxComponent>? Components { get; init; }

    public IReadOnlyList<CycloneDxDependency>? Dependencies { get; init; }

    public IReadOnlyList<CycloneDxComposition>? Compositions { get; init; }

    public IReadOnlyList<CycloneDxVulnerability>? Vulnerabilities { get; init; }
}

/// <summary>About the document.</summary>
internal sealed record CycloneDxMetadata
{
    public string? Timestamp { get; init; }

    public CycloneDxTools? Tools { get; init; }

    public CycloneDxComponent? Component { get; init; }

    public IReadOnlyList<CycloneDxProperty>? Properties { get; init; }
}

/// <summary>The programs that made it, in the form that 1.5 brought.</summary>
internal sealed record CycloneDxTools
{
    public IReadOnlyList<CycloneDxComponent>? Components { get; init; }
}

/// <summary>A component.</summary>
internal sealed record CycloneDxComponent
{
    public string? Type { get; init; }

    [JsonPropertyName("bom-ref")]
    public string? BomRef { get; init; }

    public string? Name { get; init; }

    public string? Version { get; init; }

    /// <summary>excluded for what is not in the product: a program that built it (CycloneDX 1.6, component scope).</summary>
    public string? Scope { get; init; }

    public IReadOnlyList<CycloneDxHash>? Hashes { get; init; }

    public string? Purl { get; init; }

    public CycloneDxPedigree? Pedigree { get; init; }

    public IReadOnlyList<CycloneDxComponent>? Components { get; init; }

    public CycloneDxEvidence? Evidence { get; init; }

    public IReadOnlyList<CycloneDxProperty>? Properties { get; init; }
}

/// <summary>A hash of a file.</summary>
internal sealed record CycloneDxHash(string Alg, string Content);

/// <summary>Where a component comes from.</summary>
internal sealed record CycloneDxPedigree(IReadOnlyList<CycloneDxComponent> Ancestors);

/// <summary>Why a component is in the list.</summary>
internal sealed record CycloneDxEvidence
{
    public IReadOnlyList<CycloneDxIdentity>? Identity { get; init; }

    public IReadOnlyList<CycloneDxOccurrence>? Occurrences { get; init; }
}

/// <summary>How a field of a component is known.</summary>
internal sealed record CycloneDxIdentity(string Field, double Confidence, IReadOnlyList<CycloneDxMethod> Methods);

/// <summary>A method.</summary>
internal sealed record CycloneDxMethod(string Technique, double Confidence, string? Value);

/// <summary>A place of a component.</summary>
internal sealed record CycloneDxOccurrence
{
    public string? Location { get; init; }

    public string? Symbol { get; init; }
}

/// <summary>A name and a value.</summary>
internal sealed record CycloneDxProperty(string Name, string? Value);

/// <summary>What a component depends on, by bom-refs.</summary>
internal sealed record CycloneDxDependency(string Ref, IReadOnlyList<string>? DependsOn);

/// <summary>How whole a part of the list is.</summary>
internal sealed record CycloneDxComposition(string Aggregate, IReadOnlyList<string> Dependencies);

/// <summary>What is known to be bad.</summary>
internal sealed record CycloneDxVulnerability
{
    [JsonPropertyName("bom-ref")]
    public string? BomRef { get; init; }

    public string? Id { get; init; }

    public CycloneDxSource? Source { get; init; }

    public IReadOnlyList<CycloneDxReference>? References { get; init; }

    public IReadOnlyList<CycloneDxRating>? Ratings { get; init; }

    public string? Description { get; init; }

    public string? Recommendation { get; init; }

    public CycloneDxAnalysis? Analysis { get; init; }

    public IReadOnlyList<CycloneDxAffects>? Affects { get; init; }

    public IReadOnlyList<CycloneDxProperty>? Properties { get; init; }
}

/// <summary>Who says so.</summary>
internal sealed record CycloneDxSource(string? Name, string? Url);

/// <summary>Another name of a vulnerability, and whose.</summary>
internal sealed record CycloneDxReference(string Id, CycloneDxSource Source);

/// <summary>How bad it is.</summary>
internal sealed record CycloneDxRating
{
    public double? Score { get; init; }

    public string? Severity { get; init; }

    public string? Method { get; init; }

    public string? Vector { get; init; }
}

/// <summary>What it means here.</summary>
internal sealed record CycloneDxAnalysis
{
    public string? State { get; init; }

    public string? Justification { get; init; }

    public string? Detail { get; init; }
}

/// <summary>What it is in, by a bom-ref.</summary>
internal sealed record CycloneDxAffects(string Ref);
