namespace GoCross.Registries;

/// <summary>An image that a registry has.</summary>
public sealed record PushedImage
{
    /// <summary>Its name in full: registry.example/team/api:1.2.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest of its manifest or index: sha256:...</summary>
    public required string Digest { get; init; }

    /// <summary>The name that stays this image's: registry.example/team/api@sha256:...</summary>
    public required string DigestReference { get; init; }

    /// <summary>The bytes of the blobs that were sent.</summary>
    public required long BytesSent { get; init; }

    /// <summary>How many blobs were sent.</summary>
    public required int BlobsSent { get; init; }

    /// <summary>How many the registry had in the repository.</summary>
    public required int BlobsThere { get; init; }

    /// <summary>How many it took over from another repository.</summary>
    public required int BlobsMounted { get; init; }
}
