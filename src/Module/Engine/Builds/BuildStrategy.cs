namespace GoCross.Builds;

/// <summary>How a program is linked with C code: not at all, with musl, or with glibc.</summary>
public enum BuildStrategy
{
    /// <summary>CGO_ENABLED=0: no C code. On Linux the program is static.</summary>
    Static,

    /// <summary>With C code, linked statically with musl. The names netgo and osusergo keep Go's own resolver.</summary>
    Musl,

    /// <summary>With C code, linked dynamically with glibc. A program that has no C code in it comes out static.</summary>
    Glibc,
}
