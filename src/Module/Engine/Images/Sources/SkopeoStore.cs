using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// A directory as skopeo copy writes it to dir: (containers/image, directory), or an archive of one: manifest.json is the
/// image's manifest or index, blobs are called by the digits of their digests, and the manifests that an index lists end in
/// .manifest.json.
/// </summary>
/// <param name="files">The directory or the archive. Disposed with this object.</param>
internal sealed class SkopeoStore(BlobStore files) : BlobStore(files.Name)
{
    private string? _topDigest;

    internal override bool IsWhole => files.IsWhole;

    internal override int ParallelReads => files.ParallelReads;

    internal override IEnumerable<string> TopPaths => files.TopPaths;

    internal override bool IsSeekable => files.IsSeekable;

    /// <summary>Whether a directory or an archive is one: its manifest.json is one document, where Docker's is a list.</summary>
    /// <exception cref="GoCrossException">What <see cref="BlobStore.ReadDocument"/> throws.</exception>
    internal static bool IsOne(BlobStore files, ImageLimits limits) => files.Contains(DockerArchive.ManifestPath)
        && files.ReadDocument(DockerArchive.ManifestPath, expectedDigest: null, limits).AsSpan().TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{', ..];

    /// <summary>The manifest or the index.</summary>
    /// <exception cref="GoCrossException">What <see cref="BlobStore.ReadDocument"/> throws.</exception>
    internal Descriptor ReadTop(ImageLimits limits)
    {
        byte[] document = ReadDocument(DockerArchive.ManifestPath, expectedDigest: null, limits);
        _topDigest = Digests.Of(document);
        return new Descriptor { Digest = _topDigest, Size = document.Length };
    }

    internal override bool Contains(string path) => files.Contains(PathOf(path));

    internal override long SizeOf(string path) => files.SizeOf(PathOf(path));

    internal override BlobOrigin OriginOf(string path) => files.OriginOf(PathOf(path));

    internal override Stream OpenBlob(string path, CancellationToken cancellation) => files.OpenBlob(PathOf(path), cancellation);

    internal override StoredLayer ReadLayer(
        string path, string? expectedDigest, LayerReader reader, StoredLayer? known, CancellationToken cancellation) =>
        files.ReadLayer(PathOf(path), expectedDigest ?? ArchivePath.DigestOf(path), reader, known, cancellation);

    internal override GoCrossException Missing(string path) => files.Missing(PathOf(path));

    internal override byte[] ReadAll(string path, int limit) => files.ReadAll(PathOf(path), limit);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            files.Dispose();
        }

        base.Dispose(disposing);
    }

    // Where a blob is that is asked for as in a layout. Since version 1.2 other algorithms than SHA-256 have their name in front.
    private string PathOf(string path)
    {
        if (ArchivePath.DigestOf(path) is not { } digest)
        {
            return path;
        }

        string hex = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        string[] names = digest == _topDigest ? [DockerArchive.ManifestPath] : [hex + ".manifest.json", hex, digest.Replace(':', '-')];
        return names.FirstOrDefault(files.Contains) ?? hex;
    }
}
