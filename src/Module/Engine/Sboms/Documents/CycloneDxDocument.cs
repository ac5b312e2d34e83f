using System.Text.Json;
using GoCross.Formatting;
using GoCross.GoBinaries;

namespace GoCross.Sboms;

/// <summary>Writes CycloneDX in JSON.</summary>
internal static class CycloneDxDocument
{
    /// <summary>The names of GoCross's own properties begin with it (CycloneDX property taxonomy).</summary>
    internal const string Prefix = "gocross:";

    /// <summary>The bom-ref of what a document is of.</summary>
    internal const string Subject = "subject";

    /// <summary>How sure it is what build information, a package's database or a linker's text says, 0 to 1.</summary>
    private const double Recorded = 1;

    /// <summary>A path of a source file names the module as surely, and yet says nothing of modules without code.</summary>
    private const double Derived = 0.9;

    /// <summary>Writes a bill of materials.</summary>
    /// <exception cref="Errors.GoCrossException">SourceDateInvalid.</exception>
    internal static string Write(Sbom sbom, SbomFormat format) => Write(Of(sbom, format));

    /// <summary>Writes a document that has everything but its serial number, which is made of the rest.</summary>
    internal static string Write(CycloneDxBom bom)
    {
        string content = JsonSerializer.Serialize(bom, SbomJson.Plain.CycloneDxBom);
        return JsonSerializer.Serialize(bom with { SerialNumber = "urn:uuid:" + NameUuid.Of(content) }, SbomJson.Plain.CycloneDxBom) + "\n";
    }

    /// <summary>The document without its serial number.</summary>
    internal static CycloneDxBom Of(Sbom sbom, SbomFormat format)
    {
        string version = format switch { SbomFormat.CycloneDx15 => "1.5", SbomFormat.CycloneDx17 => "1.7", _ => "1.6" };
        var references = new SbomReferences(sbom, Subject);
        bool hasIdentityList = format != SbomFormat.CycloneDx15;

        // A program is itself what the document is of.
        SbomComponent? self = sbom.Subject == SbomSubject.Program
            ? sbom.Components.FirstOrDefault(component => component.Kind == SbomComponentKind.GoProgram)
            : null;
        return new CycloneDxBom
        {
            Schema = $"http://cyclonedx.org/schema/bom-{version}.schema.json",
            BomFormat = "CycloneDX",
            SpecVersion = version,
            Version = 1,
            Metadata = new CycloneDxMetadata
            {
                Timestamp = SbomTime.Stated(),
                Tools = new CycloneDxTools { Components = [new CycloneDxComponent { Type = "application", Name = Product.Name, Version = Product.Version }] },
                Component = SubjectOf(sbom, references),
            },
            Components = [.. sbom.Components.Where(component => component != self).Select(component => ComponentOf(sbom, component, references, hasIdentityList))],
            Dependencies = DependenciesOf(sbom, references, self),
            Compositions = CompositionsOf(sbom, references, self),
        };
    }

    /// <summary>What a kind is called.</summary>
    private static string TypeOf(SbomComponentKind kind) => kind switch
    {
        SbomComponentKind.GoProgram or SbomComponentKind.GoToolchain => "application",
        SbomComponentKind.OperatingSystem => "operating-system",
        _ => "library",
    };

    private static CycloneDxComponent SubjectOf(Sbom sbom, SbomReferences references)
    {
        SbomProgram? program = sbom.Subject == SbomSubject.Program ? sbom.Programs[0] : null;
        string? sha256 = sbom.Digest is { } digest && program is not null ? digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..] : null;
        var properties = new List<CycloneDxProperty>();
        Add(properties, "digest", program is null ? sbom.Digest : null);
        Add(properties, "platform", sbom.Platform);
        Add(properties, "os", sbom.OperatingSystem);
        if (program is not null)
        {
            AddProgram(properties, program);
        }

        return new CycloneDxComponent
        {
            Type = sbom.Subject switch { SbomSubject.Image => "container", SbomSubject.Folder => "file", _ => "application" },
            BomRef = references.Root,
            Name = sbom.Name,
            Version = program?.MainVersion ?? (sbom.Subject == SbomSubject.Image ? sbom.Digest : null),
            Hashes = sha256 is null ? null : [new CycloneDxHash("SHA-256", sha256)],
            Properties = OrNull(properties),
        };
    }

    private static CycloneDxComponent ComponentOf(Sbom sbom, SbomComponent component, SbomReferences references, bool hasIdentityList)
    {
        var properties = new List<CycloneDxProperty>();
        Add(properties, "kind", component.Kind.ToString());
        Add(properties, "evidence", component.Evidence.ToString());
        Add(properties, "go:h1", component.Sum);
        Add(properties, "go:replaces", component.Replaces);
        Add(properties, "go:replacedBy", component.ReplacedBy);
        Add(properties, "source:name", component.SourceName);
        Add(properties, "source:version", component.SourceVersion);
        Add(properties, "arch", component.Architecture);
        foreach (SbomPlace place in component.Places.Where(place => place.Layer is not null).DistinctBy(place => place.Layer))
        {
            Add(properties, "layer:index", $"{place.Layer}");
            Add(properties, "layer:diffId", place.LayerDiffId);
        }

        if (component.Kind == SbomComponentKind.GoProgram && sbom.Programs.FirstOrDefault(program => program.Place.Path == component.Name) is { } program)
        {
            AddProgram(properties, program);
        }

        return new CycloneDxComponent
        {
            Type = TypeOf(component.Kind),
            BomRef = references[component],
            Name = component.Name,
            Version = component.Version,
            Scope = component.Kind == SbomComponentKind.GoToolchain ? "excluded" : null,
            Purl = component.PackageUrl?.ToString(),
            Pedigree = component.Replaces is { } original ? PedigreeOf(original, references[component]) : null,
            Evidence = new CycloneDxEvidence
            {
                Identity = hasIdentityList && component.PackageUrl is not null ? [IdentityOf(component)] : null,
                Occurrences = [.. component.Places.Select(place => place.Path).Distinct().Select(path => new CycloneDxOccurrence { Location = Location(sbom, path) })],
            },
            Properties = OrNull(properties),
        };
    }

    // On its own, a program's folder is nobody's business.
    private static string Location(Sbom sbom, string path) => sbom.Subject == SbomSubject.Program ? sbom.Name : path;

    private static CycloneDxPedigree PedigreeOf(string original, string reference)
    {
        int at = original.LastIndexOf('@');
        string path = original[..at];
        string? version = original.Length == at + 1 ? null : original[(at + 1)..];
        return new CycloneDxPedigree(
        [
            new CycloneDxComponent
            {
                Type = "library",
                BomRef = reference + "|ancestor",
                Name = path,
                Version = version,
                Purl = Names.PackageUrl.ForGo(path, version).ToString(),
            },
        ]);
    }

    private static CycloneDxIdentity IdentityOf(SbomComponent component)
    {
        (string technique, double confidence, string value) = component.Evidence switch
        {
            SbomEvidence.FileTable => ("binary-analysis", Derived, "runtime.pclntab"),
            SbomEvidence.LinkerText => ("binary-analysis", Recorded, "runtime.modinfo, runtime.buildVersion"),
            SbomEvidence.PackageDatabase => ("manifest-analysis", Recorded, "package database"),
            _ => ("binary-analysis", Recorded, "Go build information"),
        };
        return new CycloneDxIdentity("purl", confidence, [new CycloneDxMethod(technique, confidence, value)]);
    }

    private static void AddProgram(List<CycloneDxProperty> properties, SbomProgram program)
    {
        Add(properties, "go:package", program.Package);
        Add(properties, "go:version", program.GoVersion);
        Add(properties, "go:os", program.GoOS);
        Add(properties, "go:arch", program.GoArch);
        Add(properties, "go:modules", program.Evidence.ToString());
        Add(properties, "owner", program.Place.Owner);
        Add(properties, "incomplete", program.Incomplete is null ? null : "true");
        foreach (GoBuildSetting setting in program.Settings)
        {
            Add(properties, "go:build:" + setting.Key, setting.Value);
        }
    }

    private static void Add(List<CycloneDxProperty> properties, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            properties.Add(new CycloneDxProperty(Prefix + name, value));
        }
    }

    private static List<CycloneDxProperty>? OrNull(List<CycloneDxProperty> properties) => properties.Count == 0 ? null : properties;

    private static List<CycloneDxDependency> DependenciesOf(Sbom sbom, SbomReferences references, SbomComponent? self)
    {
        var dependencies = new List<CycloneDxDependency>();
        IEnumerable<string> tops = self is not null ? references.PartsOf(self.Name)
            : sbom.Components
                .Where(component => component.Kind is not (SbomComponentKind.GoModule or SbomComponentKind.GoStandardLibrary or SbomComponentKind.GoToolchain))
                .Select(component => references[component]);
        dependencies.Add(new CycloneDxDependency(references.Root, [.. tops]));
        foreach (SbomComponent component in sbom.Components.Where(component => component != self))
        {
            IReadOnlyList<string> parts = component.Kind == SbomComponentKind.GoProgram ? references.PartsOf(component.Name) : [];
            dependencies.Add(new CycloneDxDependency(references[component], parts.Count == 0 ? null : parts));
        }

        return dependencies;
    }

    private static List<CycloneDxComposition>? CompositionsOf(Sbom sbom, SbomReferences references, SbomComponent? self)
    {
        string[] incomplete =
        [
            .. sbom.Components
                .Where(component => component.Kind == SbomComponentKind.GoProgram
                    && sbom.Programs.Any(program => program.Place.Path == component.Name && program.Incomplete is not null))
                .Select(component => component == self ? references.Root : references[component]),
        ];
        return incomplete.Length == 0 ? null : [new CycloneDxComposition("incomplete", incomplete)];
    }
}
