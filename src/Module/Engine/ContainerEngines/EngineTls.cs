namespace GoCross.ContainerEngines;

/// <summary>The files of a connection with TLS to a container engine, all in PEM.</summary>
public sealed record EngineTls
{
    /// <summary>The authorities that vouch for the engine; null for those of the system.</summary>
    public string? AuthorityPath { get; init; }

    /// <summary>This client's certificate; null for none.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The certificate's key; null for none.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Whether the user has said that nobody needs to vouch for the engine.</summary>
    public bool TrustsAnybody { get; init; }
}
