namespace GoCross.Oci;

/// <summary>How an image runs: the part of its configuration that a container takes over (OCI image-spec, config.md).</summary>
public sealed record ImageConfiguration
{
    /// <summary>When it was made; null where it does not say.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>USER; empty for root.</summary>
    public string User { get; init; } = string.Empty;

    /// <summary>WORKDIR; empty for /.</summary>
    public string WorkingDirectory { get; init; } = string.Empty;

    /// <summary>ENTRYPOINT, in its parts.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>CMD, in its parts.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>ENV by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>LABEL by name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>EXPOSE: 8080/tcp.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>VOLUME.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>STOPSIGNAL; empty for the engine's.</summary>
    public string StopSignal { get; init; } = string.Empty;
}
