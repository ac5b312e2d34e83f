using GoCross.Errors;

namespace GoCross.Files;

/// <summary>What every file and directory that is written has to heed.</summary>
internal static class OutputFiles
{
    // /dev/shm is a file system for users' files.
    private static readonly string[] SystemFolders = ["/dev/", "/proc/"];
    private const string SharedMemory = "/dev/shm/";

    /// <summary>Does work that writes a file. What the system says of a temporary name becomes an error of the file's own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">The work.</param>
    /// <exception cref="GoCrossException">OutputNotWritable.</exception>
    internal static T Guard<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoCrossException.Create(
                e,
                e is UnauthorizedAccessException ? ErrorKind.AccessDenied : ErrorKind.Unavailable,
                nameof(Messages.OutputNotWritable),
                path,
                e.Message);
        }
    }

    /// <summary>Prepares a file, and finds out before the work whether it can be written.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="GoCrossException">FileExists; PathIsDirectory; PathIsSpecial; OutputIsLink; OutputNotWritable.</exception>
    internal static AtomicFile Prepare(string path, bool overwrite) => Guard(path, () =>
    {
        AtomicFile file = AtomicFile.Create(path, overwrite);
        try
        {
            file.RequireWritable();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    /// <summary>Writes a file that was prepared.</summary>
    /// <param name="file">The file. It stays the caller's to dispose.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="GoCrossException">FileExists; OutputNotWritable.</exception>
    internal static void WriteText(AtomicFile file, string text) => Guard(file.Path, () =>
    {
        File.WriteAllText(file.TemporaryPath, text);
        file.Commit();
        return file;
    });

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="text">Its text.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="GoCrossException">FileExists; PathIsDirectory; PathIsSpecial; OutputNotWritable.</exception>
    internal static void WriteText(string path, string text, bool overwrite)
    {
        using AtomicFile file = Guard(path, () => AtomicFile.Create(path, overwrite));
        WriteText(file, text);
    }

    /// <summary>
    /// Refuses a name that a file or directory must not be renamed to: it would take the place of a symbolic link, of a
    /// device, or of what the system keeps in /dev and /proc. Links among the parent folders are followed.
    /// </summary>
    /// <param name="path">A full path, which need not exist.</param>
    /// <exception cref="GoCrossException">PathIsSpecial; OutputIsLink.</exception>
    internal static void RequireReplaceable(string path)
    {
        string place = Path.Combine(Resolve(Path.GetDirectoryName(path) ?? path, UnixPath.MaxLinks), Path.GetFileName(path));
        if (SpecialFile.Is(path) || (IsInSystemFolder(place) && !place.StartsWith(SharedMemory, StringComparison.Ordinal)))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsSpecial), path);
        }

        if (new FileInfo(path).LinkTarget is { } target)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.OutputIsLink), path, target);
        }
    }

    private static bool IsInSystemFolder(string path) => !OperatingSystem.IsWindows()
        && SystemFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));

    // The path without links, as far as it exists.
    private static string Resolve(string path, int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        string folder = Resolve(parent, links);
        string place = Path.Combine(folder, Path.GetFileName(path));
        return links > 0 && new FileInfo(place).LinkTarget is { } target
            ? Resolve(Path.GetFullPath(target, folder), links - 1)
            : place;
    }
}
