namespace GoCross.Binaries;

/// <summary>What a difference between two binaries is about, in the order in which they are reported.</summary>
public enum ElfChangeCategory
{
    /// <summary>What the file is: its format, its machine, whether it is packed or stripped.</summary>
    File,

    /// <summary>How it is started: linkage, loader, search paths, C library, oldest glibc.</summary>
    Linkage,

    /// <summary>The libraries that it needs (DT_NEEDED), or says that it may load (the FDO dlopen note).</summary>
    Library,

    /// <summary>What a Go program asks of the system: cgo, resolver, user look-up, and files that an image must hold.</summary>
    Runtime,

    /// <summary>Go's version, the package and the main module.</summary>
    Go,

    /// <summary>The Go modules in it: version, replacement, checksum.</summary>
    Module,

    /// <summary>The settings of the Go build, the commit among them.</summary>
    Setting,

    /// <summary>What makes it harder to attack.</summary>
    Hardening,

    /// <summary>Bytes: the file, and text, data and bss as size(1) has them.</summary>
    Size,

    /// <summary>The versions that it asks of its libraries (DT_VERNEED).</summary>
    Version,

    /// <summary>The symbols that it asks of its libraries.</summary>
    Import,

    /// <summary>The symbols that it offers to others.</summary>
    Export,

    /// <summary>The sections and their sizes.</summary>
    Section,
}
