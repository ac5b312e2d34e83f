using System.IO.Compression;
using GoCross.Errors;
using GoCross.Oci;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace GoCross.Images;

/// <summary>
/// Reads a layer once, from its stored bytes to its index and both its digests, or to its digests alone where
/// its index is known. Nothing is extracted, and nothing is held but the index.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="budget">What the indexes may cost.</param>
/// <param name="progress">Gets the count of stored bytes that were read; null for nobody.</param>
/// <param name="isStorage">Whether what is read is what is stored, and not what was unpacked already.</param>
internal sealed class LayerReader(
    ImageLimits limits, IndexBudget budget, Action<int>? progress = null, bool isStorage = true)
{
    private UnpackBudget _unpacked = new(limits);

    // A window takes memory: of those that are larger than any engine writes, one at a time.
    private object _wideWindow = new();

    /// <summary>Keeps the files that questions are about, of layers that cannot be read by position; null where nothing does.</summary>
    internal ContentSpool? Spool { get; init; }

    /// <summary>Whether layers that are not compressed cannot be read by position either: they come from elsewhere.</summary>
    internal bool KeepsPlain { get; init; }

    /// <summary>The limits that it keeps.</summary>
    internal ImageLimits Limits => limits;

    /// <summary>A reader for layers of an archive that is compressed as a whole, whose stored bytes are not the layers'.</summary>
    internal LayerReader ForUnpacked() => new(limits, budget, isStorage: false)
    {
        Spool = Spool,
        KeepsPlain = true,
        _unpacked = _unpacked,
        _wideWindow = _wideWindow,
    };

    /// <summary>Counts stored bytes that were read elsewhere.</summary>
    internal void AddStored(int count)
    {
        budget.AddStored(count);
        progress?.Invoke(count);
    }

    /// <summary>Reads a layer that can be opened again.</summary>
    /// <param name="open">Opens the stored bytes, which are disposed here.</param>
    /// <param name="label">How messages name it.</param>
    /// <param name="expectedDigest">What the manifest says of the stored bytes; null where it says nothing.</param>
    /// <param name="known">A layer that was read and that this one should unpack to; null for none.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">What the other method throws.</exception>
    internal StoredLayer Read(
        Func<Stream> open, BlobLabel label, string? expectedDigest, StoredLayer? known, CancellationToken cancellation)
    {
        try
        {
            return Read(open(), label, expectedDigest, known, cancellation, allowsWide: false);
        }
        catch (GoCrossException e) when (e.ErrorId == nameof(Messages.ZstdWindowLimit))
        {
            // A later frame has a wider window than the first.
            return Read(open(), label, expectedDigest, known, cancellation, allowsWide: true);
        }
    }

    /// <summary>Reads a layer.</summary>
    /// <param name="storage">The stored bytes. Disposed here.</param>
    /// <param name="label">How messages name it.</param>
    /// <param name="expectedDigest">What the manifest says of the stored bytes; null where it says nothing.</param>
    /// <param name="known">
    /// A layer that was read and that this one should unpack to; null for none. It is hashed all the same, and if it is
    /// what it should be, the known index is its index; if not, that shows in its diff ID, and its index is of no use.
    /// </param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="allowsWide">Whether any frame may have the widest window, which one layer at a time may have.</param>
    /// <exception cref="GoCrossException">
    /// DigestMismatch; BlobDamaged; CompressionNotSupported; what <see cref="LayerIndexer.Read"/> throws.
    /// </exception>
    internal StoredLayer Read(
        Stream storage,
        BlobLabel label,
        string? expectedDigest,
        StoredLayer? known,
        CancellationToken cancellation,
        bool allowsWide = true)
    {
        using var stored = new BlobStream(
            storage, isStorage ? AddStored : static _ => { }, cancellation, withSha512: Digests.IsSha512(expectedDigest));
        StoredLayer layer;
        try
        {
            layer = ReadStored(stored, label, expectedDigest, known, allowsWide, cancellation);
        }
        catch (GoCrossException e) when (e.Kind == ErrorKind.InvalidData && expectedDigest is not null)
        {
            // What does not read is often just not what the manifest means, and that is the better message.
            stored.Drain();
            RequireDigest(label, expectedDigest, stored.GetSha512Digest() ?? stored.GetDigest());
            throw;
        }

        RequireDigest(label, expectedDigest, layer.DigestLike(expectedDigest));
        return layer;
    }

    /// <summary>Fails unless a digest is the expected one.</summary>
    /// <exception cref="GoCrossException">DigestMismatch.</exception>
    internal static void RequireDigest(BlobLabel label, string? expected, string actual)
    {
        if (expected is not null && !string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase))
        {
            throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.DigestMismatch), label, expected, actual);
        }
    }

    /// <summary>The compression that the first bytes tell.</summary>
    /// <exception cref="GoCrossException">CompressionNotSupported.</exception>
    internal static LayerCompression CompressionOf(ReadOnlySpan<byte> head, BlobLabel label)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return LayerCompression.Gzip;
        }

        // A frame, or one that decoders skip: 184D2A50 to 184D2A5F (RFC 8878, 3.1).
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])
            || (head.Length >= 4 && (head[0] & 0xF0) == 0x50 && head[1..].StartsWith((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18])))
        {
            return LayerCompression.Zstd;
        }

        string? other = head.StartsWith("BZh"u8) && !TarScanner.IsHeader(head) ? "bzip2"
            : head.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) ? "xz"
            : null;
        return other is null
            ? LayerCompression.None
            : throw GoCrossException.Create(ErrorKind.Unsupported, nameof(Messages.CompressionNotSupported), label, other);
    }

    /// <summary>The unpacked bytes of a stream.</summary>
    /// <param name="stored">The stream, which stays open.</param>
    /// <param name="compression">How it is stored.</param>
    /// <param name="zstdWindowBits">The largest window of Zstandard, as a power of two.</param>
    internal static Stream Unpack(
        Stream stored, LayerCompression compression, int zstdWindowBits = ImageLimits.ZstdWindowBits) => compression switch
    {
        LayerCompression.Gzip => new GZipStream(stored, CompressionMode.Decompress, leaveOpen: true),
        LayerCompression.Zstd => UnpackZstd(stored, zstdWindowBits),
        _ => stored,
    };

    /// <summary>The error for a compressed blob that does not unpack.</summary>
    /// <param name="cause">What the decoder says.</param>
    /// <param name="label">How messages name the blob.</param>
    /// <param name="compression">How it is stored.</param>
    /// <param name="position">How many of the stored bytes were read.</param>
    /// <param name="zstdWindowBits">The largest window of Zstandard that was allowed, as a power of two.</param>
    internal static GoCrossException NotUnpacked(
        Exception cause,
        BlobLabel label,
        LayerCompression compression,
        long position,
        int zstdWindowBits = ImageLimits.ZstdWindowBits) =>
        cause is ZstdException { Code: ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge }
            ? GoCrossException.Create(
                cause, ErrorKind.LimitExceeded, nameof(Messages.ZstdWindowLimit), label, 1 << (zstdWindowBits - 20))
            : GoCrossException.Create(
                cause, ErrorKind.InvalidData, nameof(Messages.BlobDamaged), label, compression, position, cause.Message);

    private static DecompressionStream UnpackZstd(Stream stored, int windowBits)
    {
        var unpacking = new DecompressionStream(stored, bufferSize: 128 << 10, checkEndOfStream: true, leaveOpen: true);
        unpacking.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, windowBits);
        return unpacking;
    }

    private StoredLayer ReadStored(
        BlobStream stored,
        BlobLabel label,
        string? expectedDigest,
        StoredLayer? known,
        bool allowsWide,
        CancellationToken cancellation)
    {
        LayerCompression compression = CompressionOf(stored.Peek(), label);
        LayerIndex index = known?.Contents ?? new LayerIndex
        {
            Kept = Spool is { } spool && (KeepsPlain || compression != LayerCompression.None) ? new KeptFiles(spool) : null,
        };
        var guard = new UnpackGuard(label, limits, _unpacked, () => stored.Count);
        if (compression == LayerCompression.None)
        {
            // Stored and unpacked bytes are the same: one hash is both digests.
            Scan(stored, known is null ? index : null, label, guard, cancellation);
            string digest = stored.GetDigest();
            string? sha512 = stored.GetSha512Digest();
            return new StoredLayer(index, compression, digest, digest) { Sha512Digest = sha512, Sha512DiffId = sha512 };
        }

        if (known is not null && string.Equals(expectedDigest, known.Digest, StringComparison.OrdinalIgnoreCase))
        {
            // The same stored bytes unpack to the same; whether they are, their digest tells, which the caller compares.
            stored.Drain();
            return new StoredLayer(index, compression, stored.GetDigest(), known.DiffId)
            {
                Sha512Digest = stored.GetSha512Digest(),
                Sha512DiffId = known.Sha512DiffId,
            };
        }

        bool isWide = compression == LayerCompression.Zstd
            && (allowsWide
                || ZstdFrame.WindowOf(stored.Peek()) is not { } window
                || window > 1UL << ImageLimits.UsualZstdWindowBits);
        (string DiffId, string? Sha512) unpackedDigests;
        if (isWide)
        {
            lock (_wideWindow)
            {
                unpackedDigests = ReadUnpacked(ImageLimits.ZstdWindowBits);
            }
        }
        else
        {
            unpackedDigests = ReadUnpacked(ImageLimits.UsualZstdWindowBits);
        }

        stored.Drain();
        return new StoredLayer(index, compression, stored.GetDigest(), unpackedDigests.DiffId)
        {
            Sha512Digest = stored.GetSha512Digest(),
            Sha512DiffId = unpackedDigests.Sha512,
        };

        (string DiffId, string? Sha512) ReadUnpacked(int zstdWindowBits)
        {
            try
            {
                using Stream unpacking = Unpack(stored, compression, zstdWindowBits);
                using var unpacked = new BlobStream(
                    unpacking, count => guard.Add(count), cancellation, withSha512: Digests.IsSha512(expectedDigest));
                Scan(unpacked, known is null ? index : null, label, guard, cancellation);
                return (unpacked.GetDigest(), unpacked.GetSha512Digest());
            }
            catch (Exception e) when (e is InvalidDataException or ZstdException or EndOfStreamException)
            {
                throw NotUnpacked(e, label, compression, stored.Count, zstdWindowBits);
            }
        }
    }

    private void Scan(
        BlobStream unpacked, LayerIndex? index, BlobLabel label, UnpackGuard guard, CancellationToken cancellation)
    {
        if (index is not null)
        {
            using var scanner = new TarScanner(unpacked, label, limits);
            new LayerIndexer(index, label, limits, budget, guard).Read(scanner, cancellation);
        }

        // A diff ID counts what follows the archive's end, too: padding, or an index such as eStargz's.
        unpacked.Drain();
    }
}
