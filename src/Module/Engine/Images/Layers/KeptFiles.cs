using GoCross.Files;

namespace GoCross.Images;

/// <summary>
/// Which files of a layer are kept while it is indexed, and where: those that questions about an image are about, its
/// programs, the libraries of these, and the databases of its packages.
/// </summary>
/// <param name="spool">Where they are kept.</param>
internal sealed class KeptFiles(ContentSpool spool)
{
    /// <summary>The smallest program that is kept: what is smaller is a script's neighbour, and soon unpacked again.</summary>
    private const long MinProgramLength = 4096;

    /// <summary>More than any database of packages has.</summary>
    private const long MaxDocumentLength = 64L << 20;

    private readonly Dictionary<int, long> _offsets = [];

    /// <summary>Where they are kept.</summary>
    internal ContentSpool Spool => spool;

    /// <summary>Takes room for a file that is to be kept; null for one that is not.</summary>
    /// <param name="paths">The paths of the layer.</param>
    /// <param name="node">The file.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="start">How it begins.</param>
    internal long? TryTake(PathTree paths, int node, long size, ReadOnlySpan<byte> start) =>
        size > 0 && (IsProgram(size, start) || IsLibrary(paths.Name(node)) || (size <= MaxDocumentLength && IsDocument(paths, node)))
            ? spool.TryTake(size)
            : null;

    /// <summary>Writes a part of a file.</summary>
    /// <returns>False where it cannot be kept.</returns>
    internal bool TryWrite(long offset, ReadOnlySpan<byte> content) => spool.TryWrite(offset, content);

    /// <summary>Says that a file was kept whole.</summary>
    /// <param name="entry">The number of its entry in the layer's index.</param>
    /// <param name="offset">Where it is.</param>
    internal void Add(int entry, long offset) => _offsets[entry] = offset;

    /// <summary>Opens a file; null where it was not kept, or was forgotten.</summary>
    /// <param name="entry">The number of its entry in the layer's index.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="size">Its bytes.</param>
    internal IRandomAccessSource? TryOpen(int entry, string name, long size) =>
        _offsets.TryGetValue(entry, out long offset) ? spool.TryOpen(name, offset, size) : null;

    /// <summary>
    /// Whether a file is a library by its name, libc.so.6 or ld-linux-x86-64.so.2, or what the loaders read besides: glibc's
    /// cache, and the directories of ld-musl-x86_64.path.
    /// </summary>
    internal static bool IsLibrary(ReadOnlySpan<byte> name) =>
        name.IndexOf(".so"u8) >= 0 || name.SequenceEqual("ld.so.cache"u8) || name.StartsWith("ld-musl-"u8);

    private static bool IsProgram(long size, ReadOnlySpan<byte> start) => size >= MinProgramLength
        && BinaryFormats.Detect(start) is BinaryFormat.Elf or BinaryFormat.Pe or BinaryFormat.MachO or BinaryFormat.MachOUniversal;

    // var/lib/dpkg with its folders, lib/apk/db, and the release files of a distribution.
    private static bool IsDocument(PathTree paths, int node)
    {
        ReadOnlySpan<byte> name = paths.Name(node);
        if (name.SequenceEqual("os-release"u8) || name.SequenceEqual("debian_version"u8))
        {
            return true;
        }

        int folder = paths.Parent(node);
        if (folder == PathTree.None || folder == PathTree.Root)
        {
            return false;
        }

        ReadOnlySpan<byte> parent = paths.Name(folder);
        int above = paths.Parent(folder);
        ReadOnlySpan<byte> aboveName = above == PathTree.None || above == PathTree.Root ? [] : paths.Name(above);
        return parent.SequenceEqual("dpkg"u8) || aboveName.SequenceEqual("dpkg"u8)
            || (parent.SequenceEqual("db"u8) && aboveName.SequenceEqual("apk"u8));
    }
}
