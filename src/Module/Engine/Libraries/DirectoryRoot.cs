using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// A directory that is seen as a root: links are followed as they would be in it. One with an absolute target starts at
/// the directory again, and no .. leads out of it.
/// </summary>
public sealed class DirectoryRoot : ILibraryRoot
{
    private readonly string _directory;
    private readonly LinkWalk _links;

    /// <summary>Sees a directory as a root.</summary>
    /// <param name="directory">A full path; "/" for this machine's own root.</param>
    /// <exception cref="GoCrossException">PathNotFound.</exception>
    public DirectoryRoot(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), directory);
        }

        _directory = Path.TrimEndingDirectorySeparator(directory);
        if (_directory == "/")
        {
            _directory = string.Empty;
        }

        _links = new LinkWalk(Look);
    }

    /// <inheritdoc/>
    public string Name => _directory.Length == 0 ? "/" : _directory;

    /// <summary>What a file outside is called in the root, or null where it does not lie in the directory.</summary>
    /// <param name="fullPath">A full path.</param>
    public string? InsideName(string fullPath) =>
        fullPath.StartsWith(_directory + "/", StringComparison.Ordinal) ? fullPath[_directory.Length..] : null;

    /// <inheritdoc/>
    public string? RealPath(string path) => _links.RealPath(path);

    /// <inheritdoc/>
    public IRandomAccessSource Open(string realPath) => RandomAccessFile.Open(_directory + realPath);

    /// <inheritdoc/>
    public string OutsideName(string realPath) => _directory + realPath;

    private (bool Exists, string? Target) Look(string path)
    {
        var info = new FileInfo(_directory + path);
        FileAttributes attributes = info.Attributes;
        return attributes == (FileAttributes)(-1)
            ? (false, null)
            : (true, attributes.HasFlag(FileAttributes.ReparsePoint) ? info.LinkTarget : null);
    }
}
