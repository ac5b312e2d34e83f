using System.Text;
using System.Text.Json;
using GoCross.Formatting;
using GoCross.Names;

namespace GoCross.Sboms;

/// <summary>Writes SPDX 2.3 in JSON.</summary>
internal static class SpdxDocument
{
    private const string NoAssertion = "NOASSERTION";
    private const string DocumentId = "SPDXRef-DOCUMENT";
    private const string SubjectId = "SPDXRef-Subject";

    /// <summary>Writes a bill of materials.</summary>
    /// <exception cref="Errors.GoCrossException">SourceDateInvalid.</exception>
    internal static string Write(Sbom sbom)
    {
        SpdxFile file = Of(sbom);
        string content = JsonSerializer.Serialize(file, SbomJson.Plain.SpdxFile);

        // A namespace that nobody else has and that need not lead anywhere (SPDX 2.3, 6.5).
        file = file with { DocumentNamespace = $"https://spdx.org/spdxdocs/gocross-{NameUuid.Of(content)}" };
        return JsonSerializer.Serialize(file, SbomJson.Plain.SpdxFile) + "\n";
    }

    private static SpdxFile Of(Sbom sbom)
    {
        SbomComponent? self = sbom.Subject == SbomSubject.Program
            ? sbom.Components.FirstOrDefault(component => component.Kind == SbomComponentKind.GoProgram)
            : null;
        var references = new SbomReferences(sbom, "subject");
        var packages = new List<SpdxPackage> { SubjectOf(sbom) };
        var relationships = new List<SpdxRelationship> { new(DocumentId, "DESCRIBES", SubjectId) };
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SbomComponent component in sbom.Components.Where(component => component != self))
        {
            string id = $"SPDXRef-{component.Kind}-{Identifier(component.ToString())}-{ids.Count + 1}";
            ids.Add(references[component], id);
            packages.Add(PackageOf(sbom, component, id));
            relationships.Add(component.Kind == SbomComponentKind.GoToolchain
                ? new SpdxRelationship(id, "BUILD_TOOL_OF", SubjectId)
                : new SpdxRelationship(SubjectId, "CONTAINS", id));
            if (component.Replaces is { } original)
            {
                packages.Add(OriginalOf(original, id + "-original"));
                relationships.Add(new SpdxRelationship(id, "DESCENDANT_OF", id + "-original", "replace in go.mod"));
            }
        }

        foreach (SbomComponent program in sbom.Components.Where(component => component.Kind == SbomComponentKind.GoProgram))
        {
            string id = program == self ? SubjectId : ids[references[program]];
            relationships.AddRange(references.PartsOf(program.Name).Select(part => new SpdxRelationship(id, "DEPENDS_ON", ids[part])));
        }

        return new SpdxFile
        {
            SpdxVersion = "SPDX-2.3",
            DataLicense = "CC0-1.0",
            SpdxId = DocumentId,
            Name = sbom.Name,
            CreationInfo = new SpdxCreationInfo(SbomTime.Text(), [$"Tool: {Product.Name}-{Product.Version}"]),
            Packages = packages,
            Relationships = relationships,
        };
    }

    private static SpdxPackage SubjectOf(Sbom sbom)
    {
        bool isProgram = sbom.Subject == SbomSubject.Program;
        return New(SubjectId, sbom.Name) with
        {
            VersionInfo = isProgram ? sbom.Programs[0].MainVersion : sbom.Digest,
            Checksums = isProgram && sbom.Digest is { } digest ? [new SpdxChecksum("SHA256", digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..])] : null,
            PrimaryPackagePurpose = sbom.Subject switch { SbomSubject.Image => "CONTAINER", SbomSubject.Folder => "FILE", _ => "APPLICATION" },
            Comment = sbom.Incomplete.Count == 0 ? null : string.Join('\n', sbom.Incomplete.Select(text => isProgram ? text.Replace(sbom.Path, sbom.Name, StringComparison.Ordinal) : text)),
        };
    }

    private static SpdxPackage PackageOf(Sbom sbom, SbomComponent component, string id) => New(id, component.Name) with
    {
        VersionInfo = component.Version,
        SourceInfo = Source(sbom, component),
        Comment = component.Sum is { } sum ? "go.sum " + sum
            : component.ReplacedBy is { } folder ? $"replaced by the directory {folder}"
            : null,
        ExternalRefs = component.PackageUrl is { } url ? [Reference(url)] : null,
        PrimaryPackagePurpose = component.Kind switch
        {
            SbomComponentKind.GoProgram or SbomComponentKind.GoToolchain => "APPLICATION",
            SbomComponentKind.OperatingSystem => "OPERATING_SYSTEM",
            _ => "LIBRARY",
        },
    };

    private static SpdxPackage OriginalOf(string original, string id)
    {
        int at = original.LastIndexOf('@');
        string? version = original.Length == at + 1 ? null : original[(at + 1)..];
        return New(id, original[..at]) with
        {
            VersionInfo = version,
            ExternalRefs = [Reference(PackageUrl.ForGo(original[..at], version))],
            PrimaryPackagePurpose = "LIBRARY",
            Comment = "replaced in go.mod: nothing of it is in the program",
        };
    }

    private static SpdxPackage New(string id, string name) => new()
    {
        SpdxId = id,
        Name = name,
        DownloadLocation = NoAssertion,
        FilesAnalyzed = false,
        LicenseConcluded = NoAssertion,
        LicenseDeclared = NoAssertion,
        CopyrightText = NoAssertion,
    };

    private static SpdxExternalReference Reference(PackageUrl url) => new("PACKAGE-MANAGER", "purl", url.ToString());

    private static string Source(Sbom sbom, SbomComponent component)
    {
        IEnumerable<string> places = component.Places.Select(place =>
            (sbom.Subject == SbomSubject.Program ? sbom.Name : place.Path)
            + (place.Layer is { } layer ? $" in layer {layer} ({place.LayerDiffId})" : string.Empty)
            + (place.Owner is { } owner ? $" of {owner}" : string.Empty));
        return $"{component.Evidence}: {string.Join(", ", places)}";
    }

    // SPDX 2.3, 3.2: letters, digits, dots and dashes.
    private static string Identifier(string text)
    {
        var id = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            id.Append(char.IsAsciiLetterOrDigit(character) || character is '.' ? character : '-');
        }

        return id.ToString();
    }
}
