using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Keeps a layer from unpacking to far more than is stored, whether by its compression or by sparse files.</summary>
/// <param name="label">How messages name the layer.</param>
/// <param name="limits">The limits.</param>
/// <param name="stored">How many bytes of storage were read so far.</param>
internal sealed class UnpackGuard(BlobLabel label, ImageLimits limits, Func<long> stored)
{
    private long _unpacked;

    /// <summary>Counts bytes that were unpacked, or that a sparse file claims.</summary>
    /// <exception cref="GoCrossException">LayerUnpackLimit.</exception>
    internal void Add(long bytes)
    {
        _unpacked = Math.Min(_unpacked, long.MaxValue - bytes) + bytes;
        if (_unpacked > limits.UnpackedBytes && _unpacked / limits.UnpackRatio > stored())
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded,
                nameof(Messages.LayerUnpackLimit),
                label,
                limits.UnpackRatio,
                limits.UnpackedBytes >> 20);
        }
    }
}
