namespace GoCross.Sboms;

/// <summary>Where it is read that a component is there.</summary>
public enum SbomEvidence
{
    /// <summary>Go's build information.</summary>
    BuildInfo,

    /// <summary>
    /// The paths of the source files in the function table of a program without build information. Of a module that no
    /// code was linked from there is no trace, and with -trimpath a replaced module has the name that it is required by.
    /// </summary>
    FileTable,

    /// <summary>
    /// The texts that the linker leaves among a program's data for debug.ReadBuildInfo and runtime.Version, where the build
    /// information itself was removed.
    /// </summary>
    LinkerText,

    /// <summary>The database of a package system.</summary>
    PackageDatabase,

    /// <summary>The file os-release.</summary>
    OsRelease,

    /// <summary>The program is there.</summary>
    File,

    /// <summary>A bill of materials says so.</summary>
    Document,
}
