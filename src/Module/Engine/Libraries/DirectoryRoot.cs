using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// A directory that is seen as a root: links are followed as they would be in it. One with an absolute target starts at
/// the directory again, and no .. leads out of it.
/// </summary>
public sealed class DirectoryRoot : ILibraryRoot
{
    /// <summary>The most links that are followed for one path, as in the kernel (MAXSYMLINKS).</summary>
    public const int MaximumLinks = 40;

    private readonly string _directory;
    private readonly Dictionary<string, string?> _realPaths = [];

    // A directory's entries are asked for one by one; what is not a link, or not there, is remembered as well.
    private readonly Dictionary<string, (bool Exists, string? Target)> _entries = [];

    /// <summary>Sees a directory as a root.</summary>
    /// <param name="directory">A full path; "/" for this machine's own root.</param>
    /// <exception cref="GoCrossException">PathNotFound.</exception>
    public DirectoryRoot(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), directory);
        }

        _directory = System.IO.Path.TrimEndingDirectorySeparator(directory);
        if (_directory == "/")
        {
            _directory = string.Empty;
        }
    }

    /// <summary>What a file outside is called in the root, or null where it does not lie in the directory.</summary>
    /// <param name="fullPath">A full path.</param>
    public string? InsideName(string fullPath) =>
        fullPath.StartsWith(_directory + "/", StringComparison.Ordinal) ? fullPath[_directory.Length..] : null;

    /// <inheritdoc/>
    public string? RealPath(string path)
    {
        if (!_realPaths.TryGetValue(path, out string? real))
        {
            int links = 0;
            real = Follow(path, ref links);
            _realPaths[path] = real;
        }

        return real;
    }

    /// <inheritdoc/>
    public IRandomAccessSource Open(string realPath) => RandomAccessFile.Open(_directory + realPath);

    /// <inheritdoc/>
    public string OutsideName(string realPath) => _directory + realPath;

    private string? Follow(string path, ref int links)
    {
        // What is still to go, the next one on top.
        var ahead = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        string real = string.Empty;
        while (ahead.TryPop(out string? name))
        {
            if (name == ".")
            {
                continue;
            }

            if (name == "..")
            {
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
                continue;
            }

            string next = real + "/" + name;
            (bool exists, string? target) = Entry(next);
            if (!exists)
            {
                return null;
            }

            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > MaximumLinks)
            {
                return null;
            }

            foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                ahead.Push(part);
            }

            if (target.StartsWith('/'))
            {
                real = string.Empty;
            }
        }

        return real.Length == 0 ? "/" : real;
    }

    private (bool Exists, string? Target) Entry(string path)
    {
        if (!_entries.TryGetValue(path, out (bool Exists, string? Target) entry))
        {
            var info = new FileInfo(_directory + path);
            FileAttributes attributes = info.Attributes;
            entry = attributes == (FileAttributes)(-1)
                ? (false, null)
                : (true, attributes.HasFlag(FileAttributes.ReparsePoint) ? info.LinkTarget : null);
            _entries[path] = entry;
        }

        return entry;
    }
}
