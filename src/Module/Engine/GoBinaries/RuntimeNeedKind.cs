namespace GoCross.GoBinaries;

/// <summary>What sort of thing a program asks of the file system it runs in.</summary>
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
}
