namespace GoCross.ContainerEngines;

/// <summary>Where a container engine listens, and how it is known to be that one.</summary>
public sealed record EngineEndpoint
{
    /// <summary>
    /// As DOCKER_HOST has it (unix:///var/run/docker.sock, npipe:////./pipe/docker_engine, tcp://host:port); null for the
    /// platform's default.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>What named it, for messages: DOCKER_HOST, or the context; null for the default.</summary>
    public string? Origin { get; init; }

    /// <summary>The certificates of a connection with TLS; null for none.</summary>
    public EngineTls? Tls { get; init; }
}
