namespace GoCross.Scratch;

/// <summary>What a user can say about an image made from scratch. What is not said comes from the program.</summary>
public sealed record ScratchOptions
{
    /// <summary>Whom the container runs as.</summary>
    public ContainerUser User { get; init; } = ContainerUser.NonRoot;

    /// <summary>The arguments that follow the program in the ENTRYPOINT.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Labels by name. They win over the ones that the build information gives.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment variables by name. They win over HOME and USER.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The TCP ports that the program listens on, 1 to 65535.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>
    /// A full path of a file with CA certificates in PEM. It goes into the image in any case; null takes this
    /// machine's, when the program needs certificates.
    /// </summary>
    public string? CaBundlePath { get; init; }

    /// <summary>
    /// A full path of a directory of TZif files, or of a zip of them like Go's zoneinfo.zip. It goes into the image in
    /// any case; null takes this machine's, when the program needs time zones.
    /// </summary>
    public string? ZoneDataPath { get; init; }

    /// <summary>The signal that asks the program to end, such as SIGTERM or 15; null for the engine's own.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Full paths of directories in the image that are volumes.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>
    /// The program, with its arguments, that says whether the container is healthy; empty for none. There is no shell.
    /// </summary>
    public IReadOnlyList<string> HealthCheck { get; init; } = [];

    /// <summary>The time between two health checks; null for the engine's own.</summary>
    public TimeSpan? HealthCheckInterval { get; init; }

    /// <summary>The time that a health check may take; null for the engine's own.</summary>
    public TimeSpan? HealthCheckTimeout { get; init; }

    /// <summary>
    /// The directory that loader and libraries of a dynamic program are taken from, seen as a root; null for this
    /// machine's, or where packages of cross compilers have them.
    /// </summary>
    public string? LibraryRoot { get; init; }

    /// <summary>Libraries that the program loads while it runs: names, or paths in the root.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>Whether what the program may load while it runs, as its makers say, goes into the image, too.</summary>
    public bool IncludesDlopened { get; init; }

    /// <summary>Whether loader and libraries of a dynamic program go into the image. Not where a base image has them.</summary>
    public bool IncludesLibraries { get; init; } = true;

    /// <summary>Whether an image is made although the program does not start in it.</summary>
    public bool AllowsFailure { get; init; }

    /// <summary>The program's file name in the image; null for the one it has here.</summary>
    public string? Name { get; init; }

    /// <summary>The time that all files, and the image, carry. 0 to 8589934591 seconds after 1970.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UnixEpoch;
}
