namespace GoCross.Files;

/// <summary>
/// Compresses with gzip (RFC 1952), to the same bytes on every .NET and every system: the compressor of
/// System.IO.Compression changed its output from .NET 8 to 9 and differs between systems (dotnet/runtime issues 121106
/// and 124754). The engine has none of its own; the assembly that has one implements this.
/// </summary>
public interface IGzipEncoder
{
    /// <summary>A stream that compresses what is written to it. Its disposal ends the member; the output stays open.</summary>
    /// <param name="output">Where the compressed bytes go.</param>
    Stream Compress(Stream output);
}
