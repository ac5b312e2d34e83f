using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Names;

namespace GoCross.Sboms;

/// <summary>Reads bills of materials that GoCross, syft, trivy, cdxgen and others wrote: CycloneDX and SPDX in JSON.</summary>
public static class SbomDocuments
{
    private const long MaxDocumentLength = 256L << 20;
    private const int MaxComponents = 1_000_000;

    /// <summary>How deep components may lie in components.</summary>
    private const int MaxNested = 16;

    /// <summary>What the standard library is called in bills of materials.</summary>
    private static readonly string[] StandardLibraries = ["stdlib", "std", "go"];

    /// <summary>Reads a document.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty; SbomUnknown; SbomTooLong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Sbom Read(string path)
    {
        using var file = RandomAccessFile.Open(path);
        if (file.Length > MaxDocumentLength)
        {
            throw GoCrossException.Create(ErrorKind.LimitExceeded, nameof(Messages.SbomTooLong), path, file.Length, MaxDocumentLength);
        }

        byte[] content = new byte[file.Length];
        return Parse(content.AsSpan(0, file.Read(0, content)), path);
    }

    /// <summary>Reads a document that is in memory.</summary>
    internal static Sbom Parse(ReadOnlySpan<byte> content, string path)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        content = content.StartsWith(mark) ? content[mark.Length..] : content;
        try
        {
            SbomInput? input = JsonSerializer.Deserialize(content, SbomInputJson.Default.SbomInput);
            return input switch
            {
                { BomFormat: "CycloneDX" } => OfCycloneDx(input, path),
                { SpdxVersion: { } version } when version.StartsWith("SPDX-2.", StringComparison.Ordinal) => OfSpdx(input, path),
                _ => throw Unknown(path),
            };
        }
        catch (JsonException e)
        {
            throw Unknown(path, e);
        }
    }

    private static Sbom OfCycloneDx(SbomInput bom, string path)
    {
        var components = new List<SbomComponent>();
        foreach (SbomInputComponent? component in Flat(bom.Components, 0, path).Append(bom.Metadata?.Component))
        {
            if (component is not null && Of(component) is { } known)
            {
                components.Add(known);
                if (components.Count > MaxComponents)
                {
                    throw Unknown(path);
                }
            }
        }

        return New(path, bom.Metadata?.Component?.Name, components);
    }

    private static IEnumerable<SbomInputComponent?> Flat(IReadOnlyList<SbomInputComponent?>? components, int depth, string path)
    {
        if (depth > MaxNested)
        {
            throw Unknown(path);
        }

        foreach (SbomInputComponent? component in components ?? [])
        {
            if (component is null)
            {
                continue;
            }

            yield return component;
            foreach (SbomInputComponent? inner in Flat(component.Components, depth + 1, path))
            {
                yield return inner;
            }
        }
    }

    private static SbomComponent? Of(SbomInputComponent component)
    {
        string? Property(params string[] names) =>
            component.Properties?.FirstOrDefault(property => property?.Name is { } name && names.Contains(name))?.Value;

        return Of(
            component.Name,
            component.Version,
            component.Purl,
            Property("gocross:source:name", "aquasecurity:trivy:SrcName", "syft:metadata:source"),
            SourceVersion(),
            [.. (component.Evidence?.Occurrences ?? []).Select(occurrence => occurrence?.Location).OfType<string>().DefaultIfEmpty(Property("aquasecurity:trivy:FilePath", "syft:location:0:path", "SrcFile")).OfType<string>()],
            Property("gocross:go:replaces"),
            Property("gocross:go:replacedBy"),
            int.TryParse(Property("gocross:layer:index"), out int layer) ? layer : null);

        // Trivy splits a source's version; the epoch and the release are parts of their own.
        string? SourceVersion()
        {
            if (Property("gocross:source:version", "syft:metadata:sourceVersion") is { Length: > 0 } whole)
            {
                return whole;
            }

            if (Property("aquasecurity:trivy:SrcVersion") is not { Length: > 0 } version)
            {
                return null;
            }

            string epoch = Property("aquasecurity:trivy:SrcEpoch") is { Length: > 0 } number ? number + ":" : string.Empty;
            string release = Property("aquasecurity:trivy:SrcRelease") is { Length: > 0 } rest ? "-" + rest : string.Empty;
            return epoch + version + release;
        }
    }

    private static Sbom OfSpdx(SbomInput file, string path)
    {
        var components = new List<SbomComponent>();
        foreach (SbomInputPackage? package in file.Packages ?? [])
        {
            string? url = package?.ExternalRefs?.FirstOrDefault(reference => reference?.ReferenceType == "purl")?.ReferenceLocator;
            if (package is not null
                && package.SpdxId?.EndsWith("-original", StringComparison.Ordinal) != true
                && Of(package.Name, package.VersionInfo, url, null, null, [], null, null, null) is { } known)
            {
                components.Add(known);
            }
        }

        return components.Count > MaxComponents ? throw Unknown(path) : New(path, file.Name, components);
    }

    private static SbomComponent? Of(
        string? name,
        string? version,
        string? purl,
        string? sourceName,
        string? sourceVersion,
        IReadOnlyList<string> places,
        string? replaces,
        string? replacedBy,
        int? layer)
    {
        if (!PackageUrl.TryParse(purl, out PackageUrl? url))
        {
            return null; // Programs, files, operating systems: nothing that a database knows.
        }

        version = url.Version ?? (string.IsNullOrEmpty(version) ? null : version);
        SbomComponentKind kind = url.Type switch
        {
            "golang" => url.FullName == SbomBuilder.ToolchainModule || StandardLibraries.Contains(url.FullName)
                ? SbomComponentKind.GoStandardLibrary
                : SbomComponentKind.GoModule,
            "deb" => SbomComponentKind.DebianPackage,
            "apk" => SbomComponentKind.AlpinePackage,
            _ => SbomComponentKind.Other,
        };
        if (kind == SbomComponentKind.Other)
        {
            return null;
        }

        // The URL is in lower case; the name keeps the path's own. An epoch may be beside the version.
        string exact = kind == SbomComponentKind.GoStandardLibrary
                ? url.FullName == SbomBuilder.ToolchainModule ? SbomBuilder.ToolchainModule : SbomBuilder.StandardLibrary
            : string.Equals(name, url.FullName, StringComparison.OrdinalIgnoreCase) ? name!
            : url.Type == "golang" ? url.FullName : url.Name;
        if (kind != SbomComponentKind.GoModule && kind != SbomComponentKind.GoStandardLibrary
            && url.Qualifier("epoch") is { Length: > 0 } epoch && version is not null && !version.Contains(':', StringComparison.Ordinal))
        {
            version = $"{epoch}:{version}";
        }

        if (sourceName is null && url.Qualifier("upstream") is { Length: > 0 } upstream)
        {
            int at = upstream.IndexOf('@', StringComparison.Ordinal);
            sourceName = at < 0 ? upstream : upstream[..at];
            sourceVersion = at < 0 ? null : upstream[(at + 1)..];
        }

        return new SbomComponent
        {
            Kind = kind,
            Name = exact,
            Version = kind == SbomComponentKind.GoModule && replacedBy is not null ? null : version,
            PackageUrl = url,
            SourceName = sourceName,
            SourceVersion = sourceVersion ?? (sourceName is null ? null : version),
            Architecture = url.Qualifier("arch"),
            Replaces = replaces,
            ReplacedBy = replacedBy,
            Evidence = SbomEvidence.Document,
            Places = [.. places.Select(place => new SbomPlace(place, layer))],
        };
    }

    private static Sbom New(string path, string? name, IReadOnlyList<SbomComponent> components) => new()
    {
        Name = string.IsNullOrEmpty(name) ? Path.GetFileName(path) : name,
        Path = path,
        Subject = SbomSubject.Document,
        Components = components,
        SbomPath = path,
    };

    private static GoCrossException Unknown(string path, Exception? cause = null) =>
        GoCrossException.FromResource(Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.SbomUnknown), cause, path);
}
