namespace GoCross.ContainerEngines;

/// <summary>What a container is to be.</summary>
public sealed record ContainerSpecification
{
    /// <summary>Marks every container that GoCross makes: <c>docker ps --filter label=gocross</c> finds what is left of them.</summary>
    public const string Label = "gocross";

    /// <summary>The image's name or ID. It has to be there.</summary>
    public required string Image { get; init; }

    /// <summary>The main process and its arguments. The image's own entry point and command have no say.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What the label says: what the container is for.</summary>
    public required string Purpose { get; init; }

    /// <summary>Variables over those of the image.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The user as Docker has it (name, number, user:group); null for the image's.</summary>
    public string? User { get; init; }

    /// <summary>The folder that the main process starts in; null for the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Files of the engine's machine that the container has, too, and where.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Mounts { get; init; } = [];

    /// <summary>
    /// Whether the main process has an input that <see cref="IContainerEngine.HoldInputAsync"/> holds open; otherwise its
    /// input is empty.
    /// </summary>
    public bool HasHeldInput { get; init; }

    /// <summary>
    /// TCP ports of the container that are to be reached through ports that the engine chooses: of 127.0.0.1 where the engine
    /// is on this machine, of all addresses of its own machine elsewhere.
    /// </summary>
    public IReadOnlyList<int> PublishedPorts { get; init; } = [];

    /// <summary>Whether the container has no network at all.</summary>
    public bool NetworkDisabled { get; init; }
}
