using GoCross.Files;

namespace GoCross.Gzip;

/// <summary>Compresses with SharpZipLib's deflate, which is all managed code. Made by name from the module's bridge.</summary>
public sealed class GzipEncoder : IGzipEncoder
{
    /// <inheritdoc/>
    public Stream Compress(Stream output) => new GzipMember(output);
}
