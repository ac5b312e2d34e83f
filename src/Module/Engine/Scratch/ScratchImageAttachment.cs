namespace GoCross.Scratch;

/// <summary>A document that was attached to an image: a manifest that has the image as its subject (OCI image-spec 1.1).</summary>
/// <param name="Digest">The digest of that manifest.</param>
/// <param name="ArtifactType">What the document is, for example <c>application/vnd.cyclonedx+json</c>.</param>
/// <param name="Subject">The digest of the manifest or the index that it is about.</param>
/// <param name="Path">The document's full path on this machine.</param>
public sealed record ScratchImageAttachment(string Digest, string ArtifactType, string Subject, string Path)
{
    /// <summary>What it is, and its digest.</summary>
    public override string ToString() => $"{ArtifactType} ({Digest})";
}
