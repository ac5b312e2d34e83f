using GoCross.Oci;

namespace GoCross.Images;

/// <summary>One layer of an image.</summary>
public sealed class ImageLayer
{
    internal ImageLayer(StoredLayer stored, BlobOrigin? origin)
    {
        Content = stored;
        Origin = origin;
    }

    /// <summary>What the user called the image.</summary>
    public string Image => Owner?.Name ?? string.Empty;

    /// <summary>Its place, from 0 for the lowest.</summary>
    public required int Index { get; init; }

    /// <summary>The same as <see cref="Index"/>: the name that the table's header has.</summary>
    public int Layer => Index;

    /// <summary>The digest of the blob as it is stored, sha256:...; null where its blob is not there and no manifest tells.</summary>
    public required string? Digest { get; init; }

    /// <summary>The digest of the unpacked layer, by which two layers are one: sha256:...</summary>
    public required string DiffId { get; init; }

    /// <summary>The media type that the manifest states; null where it states none.</summary>
    public required string? MediaType { get; init; }

    /// <summary>What the manifest says of it besides, by name.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The sum of its files' sizes in bytes, as <c>docker history</c> has it.</summary>
    public long Size => Contents.ContentSize;

    /// <summary>Bytes of the blob as it is stored.</summary>
    public required long StoredSize { get; init; }

    /// <summary>The same as <see cref="StoredSize"/>: the name that the table's header has.</summary>
    public long Stored => StoredSize;

    /// <summary>How the blob is stored.</summary>
    public LayerCompression Compression => Content.Compression;

    /// <summary>Files that it adds or replaces, directories and whiteouts not counted.</summary>
    public int FileCount => Contents.FileCount;

    /// <summary>Files that it adds: paths that have none below. What is not a directory is a file here.</summary>
    public required int FilesAdded { get; init; }

    /// <summary>Files that it writes again, be it with the same content.</summary>
    public required int FilesChanged { get; init; }

    /// <summary>Files of the layers below that are gone with it, those in the directories that it removes included.</summary>
    public required int FilesRemoved { get; init; }

    /// <summary>The paths that it removes from the layers below, and the directories that it empties first.</summary>
    public int WhiteoutCount => Contents.Whiteouts.Count + Contents.OpaqueDirectories.Count;

    /// <summary>
    /// Bytes of its files that nobody sees in the image, because layers above remove or replace them. The image is
    /// measured when somebody asks.
    /// </summary>
    public long WastedBytes => Owner?.Measure().Layers[Index].WastedBytes ?? 0;

    /// <summary>The same as <see cref="WastedBytes"/>: the name that the table's header has.</summary>
    public long Wasted => WastedBytes;

    /// <summary>The command that made it, as the image's history tells; null where it does not.</summary>
    public required string? CreatedBy { get; init; }

    /// <summary>The history's comment; null where there is none.</summary>
    public required string? Comment { get; init; }

    /// <summary>When it was made; null where the history does not tell.</summary>
    public required DateTimeOffset? Created { get; init; }

    /// <summary>Whether the blob is not in the archive because it is a foreign layer, fetched from elsewhere; then it reads as empty.</summary>
    public required bool IsMissing { get; init; }

    /// <summary>Its digest.</summary>
    public override string ToString() => DiffId;

    /// <summary>The image that it is a layer of.</summary>
    internal ContainerImage? Owner { get; set; }

    /// <summary>What was read of it.</summary>
    internal StoredLayer Content { get; }

    /// <summary>Where its blob is; null where that is elsewhere.</summary>
    internal BlobOrigin? Origin { get; }

    /// <summary>Its entries.</summary>
    internal LayerIndex Contents => Content.Contents;
}
