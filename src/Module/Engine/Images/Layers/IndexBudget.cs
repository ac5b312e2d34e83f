using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// Shares out the memory for indexes: a fixed part, and more for every byte that is really stored. A few kilobytes that
/// unpack to millions of empty files end here, a gigabyte of small files does not. Safe on every thread.
/// </summary>
internal sealed class IndexBudget(ImageLimits limits)
{
    private long _stored;
    private long _used;

    /// <summary>Adds bytes that were read from storage.</summary>
    internal void AddStored(long bytes) => Interlocked.Add(ref _stored, bytes);

    /// <summary>Takes memory.</summary>
    /// <exception cref="GoCrossException">LayerIndexLimit.</exception>
    internal void Take(long bytes, BlobLabel label)
    {
        long allowed = limits.IndexBytes + (Interlocked.Read(ref _stored) * limits.IndexBytesPerStoredByte);
        if (Interlocked.Add(ref _used, bytes) > allowed)
        {
            throw GoCrossException.Create(ErrorKind.LimitExceeded, nameof(Messages.LayerIndexLimit), label, allowed >> 20);
        }
    }
}
