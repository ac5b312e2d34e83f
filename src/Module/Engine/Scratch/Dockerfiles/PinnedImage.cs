namespace GoCross.Scratch;

/// <summary>An image that a Dockerfile names, with the digest that holds it still where one is known.</summary>
/// <param name="Reference">The name, as it was given: with a tag, or with a digest already.</param>
/// <param name="Digest">The digest; null where none is known.</param>
/// <param name="Note">What to say of it, in a sentence; empty where there is nothing to say.</param>
internal sealed record PinnedImage(string Reference, string? Digest, string Note)
{
    /// <summary>The name as FROM takes it.</summary>
    internal string Text => Digest is null ? Reference : $"{Reference}@{Digest}";

    /// <summary>A name as it is.</summary>
    internal static PinnedImage Unpinned(string reference) => new(reference, null, string.Empty);
}
