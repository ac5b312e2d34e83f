using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>The files of a root that loaders looked at, each read once while it is remembered.</summary>
internal sealed class LibraryFiles(ILibraryRoot root)
{
    /// <summary>More than the libraries of a system. Those read before are read again then.</summary>
    private const int MaxRemembered = 8192;

    private readonly Dictionary<string, (bool Readable, LibraryFile? File)> _files = [];

    internal ILibraryRoot Root { get; } = root;

    /// <summary>Looks at a path as a loader does that tries it.</summary>
    /// <param name="path">A path in the root.</param>
    /// <param name="realPath">The path without links.</param>
    /// <param name="file">What it holds; null for what no loader can load.</param>
    /// <returns>False where nothing is, or nothing that this user may read: a loader goes on to the next place.</returns>
    internal bool TryOpen(string path, out string realPath, out LibraryFile? file)
    {
        file = null;
        if (Root.RealPath(path) is not { } real)
        {
            realPath = path;
            return false;
        }

        realPath = real;
        if (!_files.TryGetValue(real, out (bool Readable, LibraryFile? File) known))
        {
            known = Read(real);
            if (_files.Count == MaxRemembered)
            {
                _files.Clear();
            }

            _files[real] = known;
        }

        file = known.File;
        return known.Readable;
    }

    private (bool Readable, LibraryFile? File) Read(string realPath)
    {
        try
        {
            using IRandomAccessSource source = Root.Open(realPath);
            return (true, LibraryFile.Read(source));
        }
        catch (GoCrossException e) when (e.Kind == ErrorKind.NotFound)
        {
            return (false, null);
        }
        catch (GoCrossException)
        {
            return (true, null); // No ELF file, a damaged one, a directory: a loader takes it and fails.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (false, null);
        }
    }
}
