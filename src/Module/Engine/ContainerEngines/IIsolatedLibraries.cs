using GoCross.Errors;

namespace GoCross.ContainerEngines;

/// <summary>
/// What GoCross uses third-party libraries for that other modules bring, too. The one assembly that references them
/// implements it, in a load context of its own.
/// </summary>
public interface IIsolatedLibraries
{
    /// <summary>Prepares a connection to a container engine. Nothing is sent before the first call.</summary>
    /// <param name="endpoint">Where the engine listens.</param>
    /// <exception cref="GoCrossException">
    /// EngineEndpointInvalid: that is not an endpoint; EngineSshNotSupported; CertificateUnreadable.
    /// </exception>
    IContainerEngine Connect(EngineEndpoint endpoint);

    /// <summary>
    /// Compresses with gzip (RFC 1952), to the same bytes on every .NET and every system: the compressor of
    /// System.IO.Compression changed its output from .NET 8 to 9 and differs between systems (dotnet/runtime issues 121106
    /// and 124754).
    /// </summary>
    /// <param name="output">Where the compressed bytes go.</param>
    /// <returns>A stream that compresses what is written to it. Its disposal ends the member; the output stays open.</returns>
    Stream CompressGzip(Stream output);

    /// <summary>Reads the entries of a mapping at the top of a YAML document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="section">The mapping's name.</param>
    /// <returns>
    /// The entries in their order; none where the document is empty or has no such mapping. A text is that of a scalar as
    /// it is written, without quotes; null for YAML's null, and [...] or {...} for a sequence or a mapping. Lines count from 1.
    /// </returns>
    /// <exception cref="FormatException">
    /// It is not YAML, the document or the section is not a mapping, or a name stands twice. The message says where.
    /// </exception>
    IReadOnlyList<(string Name, string? Text, int Line)> ReadYamlMapping(TextReader text, string section);
}
