namespace GoCross.Libraries;

/// <summary>How the search for a library ended.</summary>
public enum ElfLibraryStatus
{
    /// <summary>It is there.</summary>
    Found,

    /// <summary>The loader is itself what is asked for: musl's libc.so, libpthread.so and their like.</summary>
    Builtin,

    /// <summary>It is nowhere where the loader looks: the program does not start.</summary>
    Missing,

    /// <summary>Only files for other machines, or of the other width, have that name: the program does not start.</summary>
    WrongArch,

    /// <summary>The loader takes a file of that name that it cannot load, and gives up: the program does not start.</summary>
    FatalCandidate,

    /// <summary>Where the loader looks depends on what no file tells: the directory that the program is started in.</summary>
    Unresolvable,
}
