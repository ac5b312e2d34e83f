using GoCross.Images.Layers;

namespace GoCross.Images.Sources;

/// <summary>An image as a directory: an OCI layout, or an unpacked docker-archive.</summary>
internal sealed class DirectoryBlobStore(string path) : BlobStore(path)
{
    internal override IEnumerable<string> TopPaths => Directory
        .EnumerateFileSystemEntries(Name)
        .SelectMany(entry => Directory.Exists(entry) ? Directory.EnumerateFileSystemEntries(entry).Append(entry) : [entry])
        .Take(10_000)
        .Select(entry => Path.GetRelativePath(Name, entry).Replace(Path.DirectorySeparatorChar, '/'));

    internal override bool Contains(string path) => path.Length > 0 && File.Exists(FullPath(path));

    internal override long SizeOf(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(FullPath(path));
        return RandomAccess.GetLength(file);
    }

    internal override BlobOrigin OriginOf(string path) =>
        new(FullPath(path), 0, SizeOf(path), File.GetLastWriteTimeUtc(FullPath(path)));

    internal override StoredLayer ReadLayer(
        string path, string? expectedDigest, LayerReader reader, StoredLayer? known, CancellationToken cancellation)
    {
        if (!Contains(path))
        {
            throw Missing(path);
        }

        // Positioned reads into the reader's own buffer: a second buffer would only copy.
        using var file = new FileStream(FullPath(path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return reader.Read(
            file, new BlobLabel(Name, path), expectedDigest ?? ArchivePath.DigestOf(path), known, cancellation);
    }

    private protected override byte[] ReadAll(string path) => File.ReadAllBytes(FullPath(path));

    // The path comes from a document of the image, and is clean: it cannot leave the directory.
    private string FullPath(string path) => Path.Combine(Name, ArchivePath.Clean(path));
}
