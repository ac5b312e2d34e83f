using GoCross.GoBinaries;

namespace GoCross.Sboms;

/// <summary>A Go program and what it was built from.</summary>
public sealed record SbomProgram
{
    // Arrays, whatever they are made of: a script asks for the third by its number.
    private readonly IReadOnlyList<GoModule> _modules = [];
    private readonly IReadOnlyList<GoBuildSetting> _settings = [];

    /// <summary>Where it is.</summary>
    public required SbomPlace Place { get; init; }

    /// <summary>Its path, as tables head it.</summary>
    public string Program => Place.Path;

    /// <summary>The path of its main package; null where nothing tells it.</summary>
    public string? Package { get; init; }

    /// <summary>The module of its main package; null where nothing tells it.</summary>
    public GoModule? Main { get; init; }

    /// <summary>
    /// The version of the main module: what Go recorded, or what -X gave a variable called version. Null where neither is
    /// there: a version is never made up.
    /// </summary>
    public string? MainVersion { get; init; }

    /// <summary>The toolchain, such as go1.23.5; null where nothing tells it.</summary>
    public string? GoVersion { get; init; }

    /// <summary>The operating system it is for, in Go's words; null where nothing tells it.</summary>
    public string? GoOS { get; init; }

    /// <summary>The architecture it is for, in Go's words; null where nothing tells it.</summary>
    public string? GoArch { get; init; }

    /// <summary>The modules that it was built with.</summary>
    public required IReadOnlyList<GoModule> Modules
    {
        get => _modules;
        init => _modules = value.ToArray();
    }

    /// <summary>The settings of the build; none where no build information is there.</summary>
    public IReadOnlyList<GoBuildSetting> Settings
    {
        get => _settings;
        init => _settings = value.ToArray();
    }

    /// <summary>Where the modules are read from: build information or the file table.</summary>
    public required SbomEvidence Evidence { get; init; }

    /// <summary>The lower-case SHA-256 of the file; null for a program in an image or a folder.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Why the list of modules may not be whole; null where it is.</summary>
    public string? Incomplete { get; init; }
}
