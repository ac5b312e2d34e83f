using GoCross.Errors;
using GoCross.Files;
using GoCross.Libraries;

namespace GoCross.Sboms;

/// <summary>A folder with what is in it.</summary>
/// <param name="folder">A full path.</param>
/// <param name="onUnreadable">Gets each folder that cannot be read.</param>
internal sealed class FolderTree(string folder, Action<string, Exception> onUnreadable) : SystemTree
{
    private readonly DirectoryRoot _root = new(folder);

    /// <inheritdoc/>
    internal override IEnumerable<string> Programs(CancellationToken cancellation)
    {
        foreach (string path in FolderWalk.Files(folder, hidden: true, onUnreadable))
        {
            cancellation.ThrowIfCancellationRequested();
            var info = new FileInfo(path);
            if (!info.Attributes.HasFlag(FileAttributes.ReparsePoint) && info.Exists && info.Length > 0)
            {
                yield return _root.InsideName(path) ?? path;
            }
        }
    }

    /// <inheritdoc/>
    internal override IRandomAccessSource? TryOpen(string path)
    {
        try
        {
            return _root.RealPath(path) is { } real ? _root.Open(real) : null;
        }
        catch (GoCrossException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument || e.ErrorId == RandomAccessFile.EmptyErrorId)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<string> List(string path)
    {
        if (_root.RealPath(path) is not { } real || !Directory.Exists(_root.OutsideName(real)))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFiles(_root.OutsideName(real))
                .Select(file => $"{real}/{Path.GetFileName(file)}")
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc/>
    internal override SbomPlace PlaceOf(string path, string? owner = null) => new(path, Owner: owner);

    /// <inheritdoc/>
    internal override IEnumerable<(SbomPlace Place, Func<IRandomAccessSource?> Open)> Versions(string path) =>
        [(PlaceOf(path), () => TryOpen(path))];
}
