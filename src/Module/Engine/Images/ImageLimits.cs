namespace GoCross.Images;

/// <summary>
/// What an image may cost. An image comes from a stranger: each of these is checked before the memory or the time is
/// spent, and is named in its error.
/// </summary>
internal sealed record ImageLimits
{
    /// <summary>
    /// The window of a Zstandard frame, as a power of two: 128 MiB, which is the most that <c>zstd -d</c> unpacks without
    /// an option. One layer at a time may take as much memory.
    /// </summary>
    internal const int ZstdWindowBits = 27;

    /// <summary>
    /// The most that the encoder of containerd, Docker, buildah and skopeo writes, as a power of two: 32 MiB. Each layer
    /// that is read at the same time may take as much memory.
    /// </summary>
    internal const int UsualZstdWindowBits = 25;

    internal static ImageLimits Default { get; } = new();

    /// <summary>Bytes of one JSON document: a manifest, an index, a configuration.</summary>
    internal int JsonBytes { get; init; } = 4 << 20;

    /// <summary>
    /// Bytes of all the JSON documents that are read in search of one image, one that is read twice counted twice; and
    /// of those that are kept of a stream, in which the manifest may come last.
    /// </summary>
    internal int AllJsonBytes { get; init; } = 64 << 20;

    /// <summary>Layers of one image.</summary>
    internal int Layers { get; init; } = 4096;

    /// <summary>How deep indexes may lie in indexes.</summary>
    internal int IndexDepth { get; init; } = 8;

    /// <summary>Manifests that are considered in the choice of one.</summary>
    internal int Manifests { get; init; } = 4096;

    /// <summary>Entries of the archive that holds the blobs.</summary>
    internal int ArchiveEntries { get; init; } = 100_000;

    /// <summary>Bytes of one path or link target in a layer: Linux's PATH_MAX.</summary>
    internal int PathBytes { get; init; } = 4096;

    /// <summary>Bytes of one extended header (Go's archive/tar has the same limit).</summary>
    internal int ExtendedHeaderBytes { get; init; } = 1 << 20;

    /// <summary>Memory for the indexes of all layers that any image may use, in bytes.</summary>
    internal long IndexBytes { get; init; } = 32L << 20;

    /// <summary>
    /// Memory for the indexes that each stored byte adds to <see cref="IndexBytes"/>. A tiny file costs about 130
    /// bytes of memory, and at least 15 bytes in a compressed layer.
    /// </summary>
    internal int IndexBytesPerStoredByte { get; init; } = 16;

    /// <summary>Entries that are laid over each other, those of a layer that is there twice counted twice.</summary>
    internal long SquashedEntries { get; init; } = 100_000_000;

    /// <summary>
    /// Bytes that the layers of an image may unpack to, all together, beyond <see cref="UnpackRatio"/> times their stored
    /// sizes. useradd with a large uid leaves a /var/log/lastlog of zeros, 292 bytes a uid, which gzip stores in a
    /// thousandth; to unpack and hash as much takes some ten seconds.
    /// </summary>
    internal long UnpackedBytes { get; init; } = 16L << 30;

    /// <summary>Bytes of a file that is held of a layer that cannot be read by position.</summary>
    internal long HeldFileBytes { get; init; } = 128L << 20;

    /// <summary>Bytes of the libraries that are held of such layers, all together.</summary>
    internal long HeldLibraryBytes { get; init; } = 64L << 20;

    /// <summary>
    /// How many times its stored size a layer may unpack to before that counts in <see cref="UnpackedBytes"/>. What is no
    /// zeros stays below 20; gzip cannot exceed 1032, zstd can.
    /// </summary>
    internal int UnpackRatio { get; init; } = 200;
}
