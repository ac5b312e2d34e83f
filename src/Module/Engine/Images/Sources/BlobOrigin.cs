namespace GoCross.Images;

/// <summary>Where a blob's bytes are. Two blobs of the same origin are one, and need no second look.</summary>
/// <param name="Source">The file's full path; for what was read of a stream, an object of that stream's own.</param>
/// <param name="Offset">Where in the file the blob begins.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Written">When the file was written last: one that was written anew is another.</param>
internal sealed record BlobOrigin(object Source, long Offset, long Size, DateTime Written);
