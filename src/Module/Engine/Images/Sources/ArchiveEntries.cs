using System.Diagnostics.CodeAnalysis;
using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>The entries of an image archive by their paths, links followed, with what a store keeps of each file.</summary>
/// <typeparam name="T">What is kept of a file.</typeparam>
internal sealed class ArchiveEntries<T>
    where T : class
{
    private readonly BlobLabel _label;
    private readonly Dictionary<string, T> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly long _end;

    /// <summary>Reads an archive to its end.</summary>
    /// <param name="name">How messages name it.</param>
    /// <param name="archive">The archive, at its start. The caller disposes it.</param>
    /// <param name="keep">Says what is kept of the file that the scanner stands at, by its path; null for nothing.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">TarDamaged; ImageTruncated; ArchiveEntriesLimit; what keeping throws.</exception>
    internal ArchiveEntries(
        string name, Stream archive, Func<TarScanner, string, T?> keep, ImageLimits limits, CancellationToken cancellation)
    {
        _label = new BlobLabel(name);
        using var scanner = new TarScanner(archive, _label, limits);
        int count = 0;
        while (scanner.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (++count > limits.ArchiveEntries)
            {
                throw GoCrossException.Create(
                    ErrorKind.LimitExceeded, nameof(Messages.ArchiveEntriesLimit), _label, limits.ArchiveEntries);
            }

            Add(scanner, keep);
        }

        IsWhole = scanner.HasEndMarker;
        _end = scanner.Position;
    }

    /// <summary>Whether the archive has its end: one that is cut off on a block's border reads as a shorter one.</summary>
    internal bool IsWhole { get; }

    /// <summary>The paths at its root and one level below, links included.</summary>
    internal IEnumerable<string> TopPaths =>
        _files.Keys.Concat(_links.Keys).Where(path => path.Count(character => character == '/') <= 1);

    /// <summary>What is kept of a file that is there.</summary>
    internal T this[string path] => _files[Resolve(path)!];

    /// <summary>The path of the file that a path leads to; null where there is none.</summary>
    internal string? Resolve(string path)
    {
        for (int i = 0; i < UnixPath.MaxLinks; i++)
        {
            if (_files.ContainsKey(path))
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

    /// <summary>Finds what is kept of a file.</summary>
    internal bool TryGet(string path, [NotNullWhen(true)] out T? file)
    {
        file = Resolve(path) is { } real ? _files[real] : null;
        return file is not null;
    }

    /// <summary>The error for a blob that may be behind the end of an archive that is cut off.</summary>
    internal GoCrossException CutOffBefore(string path) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageTruncatedBefore), _label, _end, path);

    // A later entry of the same name replaces an earlier one, as it does when tar unpacks.
    private void Add(TarScanner scanner, Func<TarScanner, string, T?> keep)
    {
        TarEntry entry = scanner.Current;
        string path = UnixPath.Clean(Encoding.UTF8.GetString(entry.Name));
        switch (entry.Type)
        {
            case ImageFileType.File when entry.Sparse is null:
                Forget(path);
                if (keep(scanner, path) is { } file)
                {
                    _files.Add(path, file);
                }

                break;
            case ImageFileType.SymbolicLink:
                Forget(path);
                _links.Add(path, ArchivePath.Follow(path, Encoding.UTF8.GetString(entry.LinkName)));
                break;
            case ImageFileType.HardLink:
                Forget(path);
                _links.Add(path, UnixPath.Clean(Encoding.UTF8.GetString(entry.LinkName)));
                break;
            default:
                break;
        }
    }

    private void Forget(string path)
    {
        _files.Remove(path);
        _links.Remove(path);
    }
}
