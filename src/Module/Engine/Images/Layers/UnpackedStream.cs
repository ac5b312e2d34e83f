using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using ZstdSharp;

namespace GoCross.Images;

/// <summary>The unpacked bytes of a compressed blob, or the bytes of one that is not. Nothing is hashed.</summary>
internal sealed class UnpackedStream : ForwardOnlyStream
{
    private readonly CountingStream _stored;
    private readonly Stream _unpacking;
    private readonly LayerCompression _compression;
    private readonly BlobLabel _label;
    private readonly UnpackGuard _guard;

    /// <summary>Prepares to read.</summary>
    /// <param name="storage">The stored bytes, which are disposed with this stream.</param>
    /// <param name="compression">How they are stored.</param>
    /// <param name="label">How messages name the blob.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="progress">Gets the count of stored bytes that were read.</param>
    /// <param name="cancellation">Ends the next read.</param>
    internal UnpackedStream(
        Stream storage,
        LayerCompression compression,
        BlobLabel label,
        ImageLimits limits,
        Action<int> progress,
        CancellationToken cancellation)
    {
        _stored = new CountingStream(storage, progress, cancellation);
        _compression = compression;
        _label = label;
        _unpacking = LayerReader.Unpack(_stored, compression);
        _guard = new UnpackGuard(label, limits, new UnpackBudget(limits), () => _stored.Count);
    }

    /// <summary>Reads.</summary>
    /// <exception cref="GoCrossException">BlobDamaged; LayerUnpackLimit.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = _unpacking.Read(buffer);
            _guard.Add(read);
            return read;
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException or EndOfStreamException)
        {
            throw LayerReader.NotUnpacked(e, _label, _compression, _stored.Count);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacking.Dispose();
            _stored.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class CountingStream(Stream inner, Action<int> progress, CancellationToken cancellation) : ForwardOnlyStream
    {
        internal long Count { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            cancellation.ThrowIfCancellationRequested();
            int read = inner.Read(buffer);
            Count += read;
            progress(read);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
