namespace GoCross.Elf;

/// <summary>How a file is linked, as its program headers tell.</summary>
public enum ElfLinkage
{
    /// <summary>A program at fixed addresses that the kernel starts by itself.</summary>
    Static,

    /// <summary>A program for any address that the kernel starts by itself.</summary>
    StaticPie,

    /// <summary>A program that a loader starts and that needs shared libraries.</summary>
    Dynamic,

    /// <summary>
    /// A program that needs a loader and no library, as Go makes with CGO_ENABLED=0 -buildmode=pie. Without its loader
    /// it does not start, though ldd calls it statically linked.
    /// </summary>
    DynamicNoNeeded,

    /// <summary>A shared library, a plug-in, or a loader.</summary>
    SharedObject,

    /// <summary>An object file, or a kernel module.</summary>
    Relocatable,

    /// <summary>The memory of a process that crashed.</summary>
    Core,

    /// <summary>Packed, by UPX: whatever the headers say is true of the unpacker, not of the program.</summary>
    PackedUnknown,

    /// <summary>A file without its code: only what a debugger needs is left (objcopy --only-keep-debug).</summary>
    DebugInfo,

    /// <summary>A file that cannot run: a piece is missing, or its headers contradict each other.</summary>
    Broken,
}
