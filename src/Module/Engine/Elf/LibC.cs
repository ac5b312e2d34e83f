namespace GoCross.Elf;

/// <summary>The C library that a file was made for.</summary>
public enum LibC
{
    /// <summary>It cannot be told from the file.</summary>
    Unknown,

    /// <summary>None: the file neither contains nor needs one.</summary>
    None,

    /// <summary>The GNU C library: Debian, Ubuntu, Fedora, distroless.</summary>
    Glibc,

    /// <summary>musl: Alpine.</summary>
    Musl,

    /// <summary>Android's.</summary>
    Bionic,

    /// <summary>uClibc or uClibc-ng: small devices.</summary>
    Uclibc,

    /// <summary>That of a system other than Linux.</summary>
    Other,
}
