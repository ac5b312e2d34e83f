using GoCross.Oci;
using GoCross.Scratch;
using GoCross.Sizes;

namespace GoCross.Strategies;

/// <summary>How many bytes a registry sends of a file: its length when a layer's encoder has compressed it.</summary>
internal static class TransferLength
{
    /// <summary>Compresses a file and counts.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="compression">How.</param>
    /// <param name="gzip">Compresses with gzip.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static long Of(string path, LayerCompression compression, Func<Stream, Stream> gzip, CancellationToken cancellation)
    {
        var counter = new CountingStream();
        using FileStream file = File.OpenRead(path);
        using (Stream encoder = new LayerEncoder(compression, gzip).Compress(counter)!)
        {
            byte[] buffer = new byte[128 * 1024];
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                encoder.Write(buffer, 0, read);
            }
        }

        return counter.Count;
    }
}
