using GoCross.Oci;
using ZstdSharp;

namespace GoCross.Scratch;

/// <summary>
/// Compresses layers. Both compressors are managed code of a fixed version, so the same layer has the same bytes, and the
/// same digest, on every .NET and every system.
/// </summary>
/// <param name="compression">How.</param>
/// <param name="gzip">Compresses with gzip; null where that is not asked for.</param>
internal sealed class LayerEncoder(LayerCompression compression, Func<Stream, Stream>? gzip)
{
    /// <summary>Better by a tenth than zstd's default of 3 on programs, and still faster than a network.</summary>
    private const int ZstdLevel = 9;

    /// <summary>The media type of the layers.</summary>
    internal string MediaType => MediaTypes.LayerOf(compression);

    /// <summary>
    /// A stream that compresses what is written to it. Its disposal ends the layer; the output stays open. Null where layers
    /// are stored as they are.
    /// </summary>
    /// <param name="output">Where the layer goes.</param>
    internal Stream? Compress(Stream output) => compression switch
    {
        LayerCompression.Gzip => gzip!(output),
        LayerCompression.Zstd => new CompressionStream(output, ZstdLevel, leaveOpen: true),
        _ => null,
    };
}
