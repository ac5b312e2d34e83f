namespace GoCross.Sboms;

/// <summary>What a component of a bill of materials is.</summary>
public enum SbomComponentKind
{
    /// <summary>A Go program.</summary>
    GoProgram,

    /// <summary>A Go module.</summary>
    GoModule,

    /// <summary>Go's standard library, by the toolchain's version.</summary>
    GoStandardLibrary,

    /// <summary>The Go toolchain that built a program, experiments and vendor's mark included. It is in none.</summary>
    GoToolchain,

    /// <summary>A package of Debian or what is made of it.</summary>
    DebianPackage,

    /// <summary>A package of Alpine Linux.</summary>
    AlpinePackage,

    /// <summary>The distribution that an image or a folder holds.</summary>
    OperatingSystem,

    /// <summary>Something else, in a bill of materials that another program wrote.</summary>
    Other,
}
