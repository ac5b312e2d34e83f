using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Shares out what the layers of an image may unpack to beyond what their sizes explain. Safe on every thread.</summary>
/// <param name="limits">The limits.</param>
internal sealed class UnpackBudget(ImageLimits limits)
{
    private long _used;

    /// <summary>Takes bytes; false where there are not as many left.</summary>
    internal bool TryTake(long bytes) => Interlocked.Add(ref _used, bytes) <= limits.UnpackedBytes;
}

/// <summary>Keeps a layer from unpacking to far more than is stored, whether by its compression or by sparse files.</summary>
/// <param name="label">How messages name the layer.</param>
/// <param name="limits">The limits.</param>
/// <param name="budget">What it shares with the image's other layers.</param>
/// <param name="stored">How many bytes of storage were read so far.</param>
internal sealed class UnpackGuard(BlobLabel label, ImageLimits limits, UnpackBudget budget, Func<long> stored)
{
    private long _unpacked;
    private long _taken;

    /// <summary>Counts bytes that were unpacked, or that a sparse file claims.</summary>
    /// <exception cref="GoCrossException">LayerUnpackLimit.</exception>
    internal void Add(long bytes)
    {
        _unpacked = Math.Min(_unpacked, long.MaxValue - bytes) + bytes;
        long beyond = _unpacked - (limits.UnpackRatio * stored()) - _taken;
        if (beyond <= 0)
        {
            return;
        }

        _taken += beyond;
        if (!budget.TryTake(beyond))
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded,
                nameof(Messages.LayerUnpackLimit),
                label,
                limits.UnpackRatio,
                limits.UnpackedBytes >> 30);
        }
    }
}
