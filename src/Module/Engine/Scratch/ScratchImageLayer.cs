namespace GoCross.Scratch;

/// <summary>A layer of an image that was written.</summary>
/// <param name="Digest">The digest of the layer as it is stored, <c>sha256:...</c>.</param>
/// <param name="DiffId">
/// The digest of the layer's uncompressed archive. Of a layer that is not compressed it is the same.
/// </param>
/// <param name="Length">The length of the layer as it is stored, in bytes.</param>
/// <param name="Holds">What is in it, in words.</param>
public sealed record ScratchImageLayer(string Digest, string DiffId, long Length, string Holds)
{
    /// <summary>The same as <see cref="Length"/>, as tables head it.</summary>
    public long Size => Length;

    /// <summary>The media type that says how it is stored.</summary>
    public required string MediaType { get; init; }

    /// <summary>Whether it is a layer of the base image.</summary>
    public bool IsOfBase { get; init; }

    /// <summary>What is in it, and its digest.</summary>
    public override string ToString() => $"{Holds} ({Digest})";
}
