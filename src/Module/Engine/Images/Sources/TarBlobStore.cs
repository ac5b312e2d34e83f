using GoCross.Errors;
using GoCross.Files;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Images;

/// <summary>An image archive as a file: its headers are read at once, its blobs by position when they are asked for.</summary>
internal sealed class TarBlobStore : BlobStore
{
    private readonly SafeFileHandle _file;
    private readonly ArchiveEntries<Region> _entries;
    private readonly DateTime _written;

    /// <summary>Reads the headers.</summary>
    /// <param name="name">How messages name the file.</param>
    /// <param name="file">The file, which this object owns from here on.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">TarDamaged; ImageTruncated; ArchiveEntriesLimit.</exception>
    internal TarBlobStore(string name, SafeFileHandle file, ImageLimits limits, CancellationToken cancellation)
        : base(name)
    {
        _file = file;
        _written = File.GetLastWriteTimeUtc(file);
        _entries = new(
            name,
            new FileRegionStream(file, 0, RandomAccess.GetLength(file)),
            static (scanner, _) => new Region(scanner.Position, scanner.Current.StoredSize),
            limits,
            cancellation);
    }

    internal override bool IsWhole => _entries.IsWhole;

    internal override IEnumerable<string> TopPaths => _entries.TopPaths;

    internal override bool Contains(string path) => _entries.Resolve(path) is not null;

    internal override long SizeOf(string path) => _entries[path].Size;

    internal override BlobOrigin OriginOf(string path)
    {
        (long offset, long size) = _entries[path];
        return new BlobOrigin(Name, offset, size, _written);
    }

    internal override Stream OpenBlob(string path, CancellationToken cancellation) =>
        _entries.TryGet(path, out Region? blob) ? new FileRegionStream(_file, blob.Offset, blob.Size) : throw Missing(path);

    internal override GoCrossException Missing(string path) =>
        IsWhole ? base.Missing(path) : _entries.CutOffBefore(path);

    internal override byte[] ReadAll(string path, int limit)
    {
        (long offset, long size) = _entries[path];
        byte[] content = new byte[size];
        int filled = 0;
        int read;
        while (filled < content.Length
            && (read = RandomAccess.Read(_file, content.AsSpan(filled), offset + filled)) > 0)
        {
            filled += read;
        }

        // Shorter than its header said: the file shrank since.
        return content[..filled];
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    // Where a blob's bytes are in the file.
    private sealed record Region(long Offset, long Size);
}
