namespace GoCross.GoBinaries;

/// <summary>Who answers when a Go program looks up a host's or a user's name.</summary>
public enum GoLookup
{
    /// <summary>Nobody: the program has no code that looks such names up.</summary>
    None,

    /// <summary>Go's own code, which reads the files (and asks the name servers) itself.</summary>
    PureGo,

    /// <summary>The C library, through cgo. It may load modules (NSS) that no header of the program names.</summary>
    Cgo,

    /// <summary>The operating system, on one where Go always asks it: Windows, macOS.</summary>
    Platform,
}
