
namespace GoCross.Oci;

/// <summary>What an image's manifests name by its digest: a configuration, a layer, or an attached document.</summary>
/// <param name="MediaType">What the descriptor says that it is.</param>
/// <param name="Digest">Its digest: sha256:...</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Open">
/// Opens it: a stream that can seek, from its beginning. It is called more than once where a transfer breaks off, and on
/// several threads.
/// </param>
internal sealed record PackageBlob(string MediaType, string Digest, long Length, Func<Stream> Open)
{
    /// <summary>
    /// A repository that is known to have it, such as a base image's: a registry can take it from there. Null where none is.
    /// </summary>
    internal RegistryReference? FoundIn { get; init; }
}
