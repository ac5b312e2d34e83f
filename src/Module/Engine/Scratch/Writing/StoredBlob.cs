namespace GoCross.Scratch;

/// <summary>A blob in a store.</summary>
/// <param name="Digest">Its digest: sha256:...</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Open">Opens it from its beginning, once the store is committed. It can be called on several threads.</param>
internal sealed record StoredBlob(string Digest, long Length, Func<Stream> Open);
