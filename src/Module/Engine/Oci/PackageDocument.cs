namespace GoCross.Oci;

/// <summary>A manifest or an index.</summary>
/// <param name="MediaType">What it is sent as; the mediaType in it is the same.</param>
/// <param name="Digest">The digest of its bytes: sha256:...</param>
/// <param name="Content">Its bytes.</param>
internal sealed record PackageDocument(string MediaType, string Digest, ReadOnlyMemory<byte> Content);
