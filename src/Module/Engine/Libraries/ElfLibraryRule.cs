namespace GoCross.Libraries;

/// <summary>The rule of the loader by which a library was found.</summary>
public enum ElfLibraryRule
{
    /// <summary>None: it was not found.</summary>
    None,

    /// <summary>PT_INTERP names it: it is the loader.</summary>
    Interpreter,

    /// <summary>Something else had asked for it before.</summary>
    AlreadyLoaded,

    /// <summary>Its name is a path.</summary>
    Path,

    /// <summary>DT_RPATH of the file that asks, or of one that led to it.</summary>
    RPath,

    /// <summary>LD_LIBRARY_PATH, as -LibraryPath gives it.</summary>
    LibraryPath,

    /// <summary>DT_RUNPATH of the file that asks; with musl, also of those that led to it.</summary>
    RunPath,

    /// <summary>/etc/ld.so.cache.</summary>
    Cache,

    /// <summary>A directory that the loader searches by itself; with musl, those in its path file.</summary>
    DefaultDirectory,
}
