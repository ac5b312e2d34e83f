using System.Text.Json.Serialization;

namespace GoCross.Sboms;

// Documents that others wrote, CycloneDX and SPDX in one: which it is, its fields tell. Only what is asked for is in the
// types, so that what differs between versions of the formats (the form of tools and of identity) is passed over.

/// <summary>A bill of materials.</summary>
internal sealed record SbomInput
{
    /// <summary>Of CycloneDX.</summary>
    public string? BomFormat { get; init; }

    /// <summary>Of CycloneDX.</summary>
    public SbomInputMetadata? Metadata { get; init; }

    /// <summary>Of CycloneDX.</summary>
    public IReadOnlyList<SbomInputComponent?>? Components { get; init; }

    /// <summary>Of SPDX.</summary>
    public string? SpdxVersion { get; init; }

    /// <summary>Of SPDX.</summary>
    public string? Name { get; init; }

    /// <summary>Of SPDX.</summary>
    public IReadOnlyList<SbomInputPackage?>? Packages { get; init; }
}

/// <summary>About the document.</summary>
internal sealed record SbomInputMetadata(SbomInputComponent? Component);

/// <summary>A component of CycloneDX.</summary>
internal sealed record SbomInputComponent
{
    public string? Name { get; init; }

    public string? Version { get; init; }

    public string? Purl { get; init; }

    public IReadOnlyList<SbomInputComponent?>? Components { get; init; }

    public SbomInputEvidence? Evidence { get; init; }

    public IReadOnlyList<SbomInputProperty?>? Properties { get; init; }
}

/// <summary>Why it is there.</summary>
internal sealed record SbomInputEvidence(IReadOnlyList<SbomInputOccurrence?>? Occurrences);

/// <summary>Where it is.</summary>
internal sealed record SbomInputOccurrence(string? Location);

/// <summary>A name and a value.</summary>
internal sealed record SbomInputProperty(string? Name, string? Value);

/// <summary>A package of SPDX.</summary>
internal sealed record SbomInputPackage
{
    [JsonPropertyName("SPDXID")]
    public string? SpdxId { get; init; }

    public string? Name { get; init; }

    public string? VersionInfo { get; init; }

    public IReadOnlyList<SbomInputReference?>? ExternalRefs { get; init; }
}

/// <summary>A name outside of the document.</summary>
internal sealed record SbomInputReference(string? ReferenceType, string? ReferenceLocator);

/// <summary>Reads them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SbomInput))]
internal sealed partial class SbomInputJson : JsonSerializerContext;
