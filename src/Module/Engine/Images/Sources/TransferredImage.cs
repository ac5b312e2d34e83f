namespace GoCross.Images;

/// <summary>An image that came out of a Docker engine.</summary>
/// <param name="Store">What came: this image, and perhaps others.</param>
/// <param name="Id">Its ID in the engine; null where it came alone.</param>
internal sealed record TransferredImage(StreamedBlobStore Store, string? Id);
