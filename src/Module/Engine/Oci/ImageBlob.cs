namespace GoCross.Oci;

/// <summary>What an image's manifests name by its digest: a configuration, a layer, or an attached document.</summary>
/// <param name="Descriptor">What it is, its digest and its size.</param>
/// <param name="Open">
/// Opens it: a stream that can seek, from its beginning. It is called more than once where a transfer breaks off, and on
/// several threads.
/// </param>
internal sealed record ImageBlob(Descriptor Descriptor, Func<Stream> Open)
{
    /// <summary>Its digest: sha256:...</summary>
    internal string Digest => Descriptor.Digest!;

    /// <summary>Its length in bytes.</summary>
    internal long Length => Descriptor.Size;

    /// <summary>
    /// A repository that is known to have it, such as a base image's: a registry can take it from there. Null where none is.
    /// </summary>
    internal ImageReference? FoundIn { get; init; }
}
