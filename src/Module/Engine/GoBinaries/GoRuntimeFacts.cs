namespace GoCross.GoBinaries;

/// <summary>
/// What a Go program's functions tell about what it will ask of the system it runs on. The linker drops what cannot be
/// reached, so a function in the table is one that the program can call; whether it ever does, no file can tell.
/// </summary>
public sealed record GoRuntimeFacts
{
    /// <summary>
    /// Whether C code is linked in through cgo. Unlike the CGO_ENABLED of the build information, this is about the
    /// program itself.
    /// </summary>
    public required bool CgoLinked { get; init; }

    /// <summary>
    /// Who looks up host names. With <see cref="GoLookup.Cgo"/> the pure Go resolver is linked as well, and GODEBUG=netdns=go
    /// selects it.
    /// </summary>
    public required GoLookup Resolver { get; init; }

    /// <summary>Who looks up users and groups (package os/user).</summary>
    public required GoLookup UserLookup { get; init; }

    /// <summary>Whether it can look up groups, and not only users.</summary>
    public required bool LooksUpGroups { get; init; }

    /// <summary>
    /// Whether it can load the system's CA certificates from files (crypto/x509), as verifying a TLS server does.
    /// </summary>
    public required bool NeedsCaCertificates { get; init; }

    /// <summary>Whether it carries CA certificates for a system that has none (x509.SetFallbackRoots).</summary>
    public required bool EmbedsCaCertificates { get; init; }

    /// <summary>Whether it can load time zones by name (time.LoadLocation).</summary>
    public required bool NeedsTimeZones { get; init; }

    /// <summary>Whether it carries the time zones itself (package time/tzdata, or the build tag timetzdata).</summary>
    public required bool EmbedsTimeZones { get; init; }

    /// <summary>Whether it can ask for a directory for temporary files (os.TempDir, os.CreateTemp, os.MkdirTemp).</summary>
    public required bool MakesTemporaryFiles { get; init; }

    /// <summary>Whether it was built with the race detector (-race), which takes several times the memory and time.</summary>
    public required bool RaceDetector { get; init; }

    /// <summary>Whether it has C code of its own or of its packages', and not only what Go's net and os/user bring.</summary>
    public bool HasOwnCCode { get; init; }

    /// <summary>Whether its Go code calls the C library's dlopen, which no static program can (in one with musl it always fails).</summary>
    public bool CallsDlopen { get; init; }

    /// <summary>
    /// The programs that it starts, where their names are literals in the code (amd64 and arm64); empty where none is, or
    /// it starts none.
    /// </summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Whether there is a start of a program whose name is not such a literal, or that cannot be told. Of one that starts programs.</summary>
    internal bool StartsOthers { get; init; }

    /// <summary>The rows of <see cref="GoBinaries.LibraryNeeds"/> whose functions are linked, as bits. Of programs for Linux and other Unixes.</summary>
    internal ulong LibraryNeeds { get; init; }
}
