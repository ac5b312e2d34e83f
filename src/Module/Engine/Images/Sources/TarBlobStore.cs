using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Images;

/// <summary>An image archive as a file: its headers are read at once, its blobs by position when they are asked for.</summary>
internal sealed class TarBlobStore : BlobStore
{
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, (long Offset, long Size)> _blobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly long _end;
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
        var label = new BlobLabel(name);
        using var scanner = new TarScanner(new FileRegionStream(file, 0, RandomAccess.GetLength(file)), label, limits);
        int count = 0;
        while (scanner.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (++count > limits.ArchiveEntries)
            {
                throw TooManyEntries(label, limits);
            }

            Add(scanner);
        }

        IsWhole = scanner.HasEndMarker;
        _end = scanner.Position;
    }

    internal override bool IsWhole { get; }

    internal override IEnumerable<string> TopPaths =>
        _blobs.Keys.Concat(_links.Keys).Where(path => path.Count(character => character == '/') <= 1);

    /// <summary>The error for an archive that has more entries than any image archive.</summary>
    internal static GoCrossException TooManyEntries(BlobLabel label, ImageLimits limits) => GoCrossException.Create(
        ErrorKind.LimitExceeded, nameof(Messages.ArchiveEntriesLimit), label, limits.ArchiveEntries);

    internal override bool Contains(string path) => Resolve(path) is not null;

    internal override long SizeOf(string path) => _blobs[Resolve(path)!].Size;

    internal override BlobOrigin OriginOf(string path)
    {
        (long offset, long size) = _blobs[Resolve(path)!];
        return new BlobOrigin(Name, offset, size, _written);
    }

    internal override Stream OpenBlob(string path, CancellationToken cancellation)
    {
        (long offset, long size) = _blobs[Resolve(path) ?? throw Missing(path)];
        return new FileRegionStream(_file, offset, size);
    }

    internal override GoCrossException Missing(string path) => IsWhole
        ? base.Missing(path)
        : GoCrossException.Create(
            ErrorKind.InvalidData, nameof(Messages.ImageTruncatedBefore), new BlobLabel(Name), _end, path);

    private protected override byte[] ReadAll(string path, int limit)
    {
        (long offset, long size) = _blobs[Resolve(path)!];
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

    private void Add(TarScanner scanner)
    {
        TarEntry entry = scanner.Current;
        string path = ArchivePath.Clean(Encoding.UTF8.GetString(entry.Name));
        switch (entry.Type)
        {
            case ImageFileType.File when entry.Sparse is null:
                // A later entry of the same name replaces an earlier one, as it does when tar unpacks.
                _links.Remove(path);
                _blobs[path] = (scanner.Position, entry.StoredSize);
                break;
            case ImageFileType.SymbolicLink:
                _blobs.Remove(path);
                _links[path] = ArchivePath.Follow(path, Encoding.UTF8.GetString(entry.LinkName));
                break;
            case ImageFileType.HardLink:
                _blobs.Remove(path);
                _links[path] = ArchivePath.Clean(Encoding.UTF8.GetString(entry.LinkName));
                break;
            default:
                break;
        }
    }

    private string? Resolve(string path)
    {
        for (int i = 0; i < ArchivePath.MaxLinks; i++)
        {
            if (_blobs.ContainsKey(path))
            {
                return path;
            }

            if (!_links.TryGetValue(path, out string? target))
            {
                return null;
            }

            path = target;
        }

        return null;
    }
}
