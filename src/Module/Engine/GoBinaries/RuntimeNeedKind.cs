namespace GoCross.GoBinaries;

/// <summary>What sort of thing a program asks of the system it runs on.</summary>
public enum RuntimeNeedKind
{
    /// <summary>The loader that the kernel starts in the program's stead (PT_INTERP).</summary>
    Loader,

    /// <summary>A shared library (DT_NEEDED), or one that the C library loads by itself.</summary>
    SharedLibrary,

    /// <summary>The certificates of the authorities that TLS servers are verified with.</summary>
    CaCertificates,

    /// <summary>The time zone database.</summary>
    TimeZones,

    /// <summary>The list of users and groups.</summary>
    UserDatabase,

    /// <summary>A directory for temporary files.</summary>
    TemporaryDirectory,

    /// <summary>A directory of the user's own that he may write: HOME.</summary>
    HomeDirectory,

    /// <summary>The machine's time zone, or that of the variable TZ: of no concern where all is UTC.</summary>
    LocalTime,

    /// <summary>Which content type goes with which end of a file's name.</summary>
    MimeTypes,

    /// <summary>The names of ports.</summary>
    Services,

    /// <summary>The names of protocols.</summary>
    Protocols,

    /// <summary>How hosts are looked up, and by whom.</summary>
    NameResolution,

    /// <summary>The socket of the system's log.</summary>
    Syslog,

    /// <summary>Files of the kernel: what it tells of the process (proc(5)), and null(4).</summary>
    ProcessFiles,

    /// <summary>Where a program that was built with -cover writes what it counted.</summary>
    CoverageDirectory,

    /// <summary>Another program, which it starts.</summary>
    Program,

    /// <summary>A library that its own code loads by a name that no header tells (dlopen).</summary>
    LoadedLibrary,
}
