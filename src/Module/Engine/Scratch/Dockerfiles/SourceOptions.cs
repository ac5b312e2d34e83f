using GoCross.Builds;
using GoCross.Oci;
using GoCross.Targets;

namespace GoCross.Scratch;

/// <summary>What a Dockerfile is to build from source, and how.</summary>
public sealed record SourceOptions
{
    /// <summary>The platforms where none are given: what most clusters and people's machines are.</summary>
    public static readonly IReadOnlyList<string> DefaultPlatforms = ["linux/amd64", "linux/arm64"];

    /// <summary>The full path of a folder in the module or workspace. Relative packages start there.</summary>
    public required string Folder { get; init; }

    /// <summary>The package: a folder or an import path.</summary>
    public string Package { get; init; } = ".";

    /// <summary>How the program is linked: Auto, Static or Musl.</summary>
    public BuildStrategy Strategy { get; init; } = BuildStrategy.Auto;

    /// <summary>The platforms that are built: for the commands and for bake. The file builds for any.</summary>
    public IReadOnlyList<string> Platforms { get; init; } = DefaultPlatforms;

    /// <summary>Build tags, flags of the linker and variables to set, as for a build on this machine.</summary>
    public BuildOptions Build { get; init; } = new();

    /// <summary>The image with Go; null for Docker's official one, in the version that go.mod asks for.</summary>
    public ImageReference? GoImage { get; init; }

    /// <summary>Debian's packages that are installed where the program is compiled.</summary>
    public IReadOnlyList<string> BuildPackages { get; init; } = [];

    /// <summary>The modules that are not public, as GOPRIVATE has them.</summary>
    public IReadOnlyList<string> PrivateModules { get; init; } = [];

    /// <summary>What the builder is given to fetch them with.</summary>
    public IReadOnlyList<ModuleCredential> ModuleCredentials { get; init; } = [];

    /// <summary>Whether the program is built once on this machine, to learn what it needs.</summary>
    public bool ProbeByBuilding { get; init; } = true;

    /// <summary>The go command or a GOROOT on this machine, as a full path; null to look for it.</summary>
    public string? GoPath { get; init; }

    /// <summary>Gets each line that go prints on this machine.</summary>
    public Action<string>? OnLine { get; init; }
}
