namespace GoCross.Containers;

/// <summary>A layer of an image that was written.</summary>
/// <param name="Digest">The digest of the layer as it is stored, <c>sha256:...</c>.</param>
/// <param name="DiffId">
/// The digest of the layer's uncompressed archive. As layers are stored uncompressed, it is the same.
/// </param>
/// <param name="Length">The layer's length in bytes.</param>
/// <param name="Holds">What is in it, in words.</param>
public sealed record ScratchImageLayer(string Digest, string DiffId, long Length, string Holds);
