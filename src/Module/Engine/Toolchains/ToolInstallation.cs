namespace GoCross.Toolchains;

/// <summary>How a tool is installed: the command by system, null where the system has no package of it.</summary>
internal sealed record ToolInstallation
{
    /// <summary>The suite of packages that came after Debian 12, as apt-get names it.</summary>
    private const string Backports = "bookworm-backports";

    internal string? Debian { get; init; }

    /// <summary>Whether Debian 12 has it, or has it new enough, among its backports only.</summary>
    internal bool FromBackports { get; init; }

    internal string? Alpine { get; init; }

    internal string? Fedora { get; init; }

    internal string? MacOS { get; init; }

    internal string? Windows { get; init; }

    /// <summary>What else one can do, as a sentence, where there is no package.</summary>
    internal required string Otherwise { get; init; }

    /// <summary>The same package in every system that has packages at all.</summary>
    internal static ToolInstallation Everywhere(string package, string windows, string otherwise) => new()
    {
        Debian = "apt-get install " + package,
        Alpine = "apk add " + package,
        Fedora = "dnf install " + package,
        MacOS = "brew install " + package,
        Windows = "winget install " + windows,
        Otherwise = otherwise,
    };

    /// <summary>The command for a system, or null where there is none.</summary>
    internal string? CommandFor(Distribution distribution) => distribution.System switch
    {
        PackageSystem.Debian when FromBackports && distribution.Codename == "bookworm" =>
            Debian?.Replace("apt-get install", $"apt-get install -t {Backports}", StringComparison.Ordinal),
        PackageSystem.Debian => Debian,
        PackageSystem.Alpine => Alpine,
        PackageSystem.Fedora => Fedora,
        PackageSystem.MacOS => MacOS,
        PackageSystem.Windows => Windows,
        _ => null,
    };
}
