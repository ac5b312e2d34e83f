namespace GoCross.Toolchains;

/// <summary>The family of systems whose packages a machine takes.</summary>
public enum PackageSystem
{
    /// <summary>None of those that are known here.</summary>
    Unknown,

    /// <summary>Debian, Ubuntu and what is made from them: apt-get.</summary>
    Debian,

    /// <summary>Alpine: apk.</summary>
    Alpine,

    /// <summary>Fedora, Red Hat Enterprise Linux and what is made from them: dnf.</summary>
    Fedora,

    /// <summary>macOS with Homebrew: brew.</summary>
    MacOS,

    /// <summary>Windows: winget.</summary>
    Windows,
}
