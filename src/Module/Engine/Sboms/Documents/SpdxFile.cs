using System.Text.Json.Serialization;

namespace GoCross.Sboms;

// SPDX 2.3, spdx-schema.json: of the fields those that are written or read. The text of the specification requires more
// than the schema does: documentNamespace, filesAnalyzed where it is false, DESCRIBES.

/// <summary>A document.</summary>
internal sealed record SpdxFile
{
    public string? SpdxVersion { get; init; }

    public string? DataLicense { get; init; }

    [JsonPropertyName("SPDXID")]
    public string? SpdxId { get; init; }

    public string? Name { get; init; }

    public string? DocumentNamespace { get; init; }

    public SpdxCreationInfo? CreationInfo { get; init; }

    public IReadOnlyList<SpdxPackage>? Packages { get; init; }

    public IReadOnlyList<SpdxRelationship>? Relationships { get; init; }
}

/// <summary>About the document.</summary>
internal sealed record SpdxCreationInfo(string Created, IReadOnlyList<string> Creators);

/// <summary>A package.</summary>
internal sealed record SpdxPackage
{
    [JsonPropertyName("SPDXID")]
    public string? SpdxId { get; init; }

    public string? Name { get; init; }

    public string? VersionInfo { get; init; }

    public string? DownloadLocation { get; init; }

    public bool FilesAnalyzed { get; init; }

    public IReadOnlyList<SpdxChecksum>? Checksums { get; init; }

    public string? LicenseConcluded { get; init; }

    public string? LicenseDeclared { get; init; }

    public string? CopyrightText { get; init; }

    public string? SourceInfo { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyList<SpdxExternalReference>? ExternalRefs { get; init; }

    public string? PrimaryPackagePurpose { get; init; }
}

/// <summary>A hash of a file.</summary>
internal sealed record SpdxChecksum(string Algorithm, string ChecksumValue);

/// <summary>A name outside of the document.</summary>
internal sealed record SpdxExternalReference(string? ReferenceCategory, string? ReferenceType, string? ReferenceLocator);

/// <summary>A relationship.</summary>
internal sealed record SpdxRelationship(string SpdxElementId, string RelationshipType, string RelatedSpdxElement, string? Comment = null);
