namespace GoCross.Targets;

/// <summary>How a program is linked with C code: not at all, with musl, or with glibc.</summary>
public enum BuildStrategy
{
    /// <summary>
    /// Static, or Musl where a package that the program imports has C code that its source does not do without. The C
    /// code of net and os/user is not a reason: Go has its own for that.
    /// </summary>
    Auto,

    /// <summary>CGO_ENABLED=0: no C code. On Linux the program is static.</summary>
    Static,

    /// <summary>With C code, linked statically with musl. The tags netgo and osusergo keep Go's own resolver and user look-up.</summary>
    Musl,

    /// <summary>With C code, linked dynamically with glibc. A program that has no C code in it comes out static.</summary>
    Glibc,

    /// <summary>With C code, linked statically with glibc. What glibc loads at run time (NSS, iconv) does not come with it.</summary>
    GlibcStatic,
}
