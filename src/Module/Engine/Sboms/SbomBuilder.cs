using GoCross.GoBinaries;
using GoCross.Names;

namespace GoCross.Sboms;

/// <summary>Collects components; what is there several times becomes one with all its places.</summary>
internal sealed class SbomBuilder
{
    /// <summary>What the standard library is called, as the Go vulnerability database, syft and trivy call it.</summary>
    internal const string StandardLibrary = "stdlib";

    /// <summary>What the Go vulnerability database calls the programs of the toolchain, and other programs in a purl.</summary>
    internal const string ToolchainModule = "toolchain";

    /// <summary>What the toolchain is called.</summary>
    internal const string Toolchain = "go";

    private readonly Dictionary<SbomComponent, List<SbomPlace>> _places = [];

    /// <summary>The components that a program brings.</summary>
    internal static IEnumerable<SbomComponent> ComponentsOf(SbomProgram program)
    {
        if (program.Main is { Path.Length: > 0 } main)
        {
            yield return OfModule(main, program.MainVersion, program.Evidence == SbomEvidence.FileTable ? SbomEvidence.BuildInfo : program.Evidence);
        }

        foreach (GoModule module in program.Modules)
        {
            yield return OfModule(module, Known(module.Version), program.Evidence);
        }

        if (program.GoVersion is { } toolchain)
        {
            yield return new SbomComponent
            {
                Kind = SbomComponentKind.GoStandardLibrary,
                Name = StandardLibrary,
                Version = toolchain,
                PackageUrl = PackageUrl.ForGo(
                    StandardLibrary, GoVersion.TryParseToolchain(toolchain, out GoVersion version) ? version.ToString() : null),
                Evidence = EvidenceOfToolchain(program),
            };
            yield return new SbomComponent
            {
                // It has no purl: what consumers know of a golang/toolchain is about programs of Go itself.
                Kind = SbomComponentKind.GoToolchain,
                Name = Toolchain,
                Version = toolchain,
                Evidence = EvidenceOfToolchain(program),
            };
        }
    }

    /// <summary>Adds a program and its modules.</summary>
    internal void Add(SbomProgram program)
    {
        Add(
            new SbomComponent
            {
                Kind = SbomComponentKind.GoProgram,
                Name = program.Place.Path,
                Version = program.MainVersion,
                Evidence = SbomEvidence.File,
            },
            program.Place);
        foreach (SbomComponent component in ComponentsOf(program))
        {
            Add(component, program.Place);
        }
    }

    /// <summary>Adds a package.</summary>
    internal void Add(SystemPackage package, OsRelease? release)
    {
        bool isDebian = package.Kind == SbomComponentKind.DebianPackage;
        bool isOwnSource = package.SourceName == package.Name && package.SourceVersion == package.Version;
        string upstream = package.SourceName is null || isOwnSource ? string.Empty
            : package.SourceVersion == package.Version ? package.SourceName : $"{package.SourceName}@{package.SourceVersion}";
        Add(
            new SbomComponent
            {
                Kind = package.Kind,
                Name = package.Name,
                Version = package.Version,
                PackageUrl = new PackageUrl
                {
                    Type = isDebian ? "deb" : "apk",
                    Namespace = release?.Id ?? (isDebian ? "debian" : "alpine"),
                    Name = package.Name.ToLowerInvariant(),
                    Version = package.Version,
                    Qualifiers =
                    [
                        new("arch", package.Architecture ?? string.Empty),
                        new("distro", release?.Distro ?? string.Empty),
                        new("upstream", upstream),
                    ],
                },
                SourceName = package.SourceName,
                SourceVersion = package.SourceVersion,
                Architecture = package.Architecture,
                Evidence = SbomEvidence.PackageDatabase,
            },
            package.Place);
    }

    /// <summary>Adds a distribution.</summary>
    internal void Add(OsRelease release, SbomPlace place) => Add(
        new SbomComponent
        {
            Kind = SbomComponentKind.OperatingSystem,
            Name = release.Id,
            Version = release.VersionId,
            Evidence = SbomEvidence.OsRelease,
        },
        place);

    /// <summary>What was added, sorted.</summary>
    internal IReadOnlyList<SbomComponent> Components()
    {
        SbomComponent[] components = [.. _places.Select(pair => pair.Key with { Places = [.. pair.Value.Distinct()] })];
        Array.Sort(components, Compare);
        return components;
    }

    private static int Compare(SbomComponent left, SbomComponent right)
    {
        int order = ((int)left.Kind).CompareTo((int)right.Kind);
        order = order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        order = order != 0 ? order : string.CompareOrdinal(left.Version, right.Version);
        order = order != 0 ? order : string.CompareOrdinal(left.Architecture, right.Architecture);
        order = order != 0 ? order : string.CompareOrdinal(left.Replaces, right.Replaces);
        order = order != 0 ? order : string.CompareOrdinal(left.ReplacedBy, right.ReplacedBy);
        order = order != 0 ? order : string.CompareOrdinal(left.Sum, right.Sum);
        return order != 0 ? order : ((int)left.Evidence).CompareTo((int)right.Evidence);
    }

    private static SbomEvidence EvidenceOfToolchain(SbomProgram program) =>
        program.Evidence == SbomEvidence.BuildInfo || (program.Package is not null && program.Evidence == SbomEvidence.FileTable)
            ? SbomEvidence.BuildInfo
            : SbomEvidence.LinkerText;

    private static SbomComponent OfModule(GoModule module, string? version, SbomEvidence evidence)
    {
        // A directory in its place has no version, and the one that was asked for says nothing of its code.
        bool isByFolder = module.Replace is { } other && (Known(other.Version) is null || other.Path.StartsWith('.') || other.Path.StartsWith('/'));
        GoModule used = isByFolder ? module : module.Replace ?? module;
        string? usedVersion = isByFolder ? null : ReferenceEquals(used, module) ? version : Known(used.Version);
        return new SbomComponent
        {
            Kind = SbomComponentKind.GoModule,
            Name = used.Path,
            Version = usedVersion,
            PackageUrl = PackageUrl.ForGo(used.Path, usedVersion),
            Sum = used.Sum.Length == 0 || isByFolder ? null : used.Sum,
            Replaces = ReferenceEquals(used, module) ? null : $"{module.Path}@{module.Version}",
            ReplacedBy = isByFolder ? module.Replace!.Path : null,
            Evidence = evidence,
        };
    }

    private static string? Known(string version) => version is "" or "(devel)" ? null : version;

    private void Add(SbomComponent component, SbomPlace place)
    {
        if (!_places.TryGetValue(component, out List<SbomPlace>? places))
        {
            places = [];
            _places.Add(component, places);
        }

        places.Add(place);
    }
}
