using GoCross.Oci;

namespace GoCross.Images;

/// <summary>A layer that was read and hashed: what its blob is, and what is in it.</summary>
/// <param name="Contents">Its index. Blobs that unpack to the same may share one.</param>
/// <param name="Compression">How the blob is stored.</param>
/// <param name="Digest">The digest of the blob as it is stored, from its bytes: sha256:...</param>
/// <param name="DiffId">
/// The digest of the whole unpacked stream, what follows the archive's end included, from its bytes: sha256:...
/// </param>
internal sealed record StoredLayer(LayerIndex Contents, LayerCompression Compression, string Digest, string DiffId)
{
    /// <summary>The digest of the blob by SHA-512; null where nothing asks for it.</summary>
    internal string? Sha512Digest { get; init; }

    /// <summary>The digest of the unpacked stream by SHA-512; null where nothing asks for it.</summary>
    internal string? Sha512DiffId { get; init; }

    /// <summary>The digest of the blob by the algorithm of another digest.</summary>
    internal string DigestLike(string? other) => Digests.IsSha512(other) && Sha512Digest is { } digest ? digest : Digest;

    /// <summary>The digest of the unpacked stream by the algorithm of another digest.</summary>
    internal string DiffIdLike(string? other) => Digests.IsSha512(other) && Sha512DiffId is { } diffId ? diffId : DiffId;

    /// <summary>A layer whose blob is elsewhere: it reads as empty.</summary>
    internal static StoredLayer Missing { get; } = new(new LayerIndex(), LayerCompression.None, string.Empty, string.Empty);
}
