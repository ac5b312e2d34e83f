namespace GoCross.Oci;

/// <summary>An image with all that belongs to it, ready to be sent away: its bytes are hashed and stay as they are.</summary>
internal sealed record ImagePackage
{
    /// <summary>What the image's name is to point to: a manifest, or the index of several platforms.</summary>
    internal required ImageDocument Root { get; init; }

    /// <summary>The manifests of the index; empty where the root is a manifest.</summary>
    internal required IReadOnlyList<ImageDocument> Children { get; init; }

    /// <summary>Manifests that have one of the others as their subject: a bill of materials, a provenance.</summary>
    internal required IReadOnlyList<ImageDocument> Referrers { get; init; }

    /// <summary>What all the manifests name, each digest once.</summary>
    internal required IReadOnlyList<ImageBlob> Blobs { get; init; }
}
