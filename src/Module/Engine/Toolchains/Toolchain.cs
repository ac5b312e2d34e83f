namespace GoCross.Toolchains;

/// <summary>A tool that something in GoCross uses: whether it is there, and how it comes there.</summary>
public sealed record Toolchain
{
    /// <summary>What it is called: the first of the names that its program goes by.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required ToolKind Kind { get; init; }

    /// <summary>The target that it is for, such as linux/arm64; null for a tool that is for all.</summary>
    public string? Target { get; init; }

    /// <summary>Whether its program is there.</summary>
    public bool Found => Path is not null;

    /// <summary>Its version; null where it is not there, or did not tell (<see cref="Problem"/>).</summary>
    public string? Version { get; init; }

    /// <summary>The program's full path, or null.</summary>
    public string? Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string? FullName => Path;

    /// <summary>Why a program that is there reported no version: it failed, or did not answer. Null where all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>What in GoCross needs it.</summary>
    public required string NeededFor { get; init; }

    /// <summary>The command that installs it on this system, to be run as root; null where the system has no package of it.</summary>
    public string? InstallCommand { get; init; }

    /// <summary>What one can do where there is no package; null where there is one.</summary>
    public string? InstallNote { get; init; }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
