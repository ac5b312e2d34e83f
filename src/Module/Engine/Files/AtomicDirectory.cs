using GoCross.Errors;

namespace GoCross.Files;

/// <summary>
/// A directory that appears under its name whole or not at all. It is filled at <see cref="TemporaryPath"/>, beside its
/// name, and <see cref="Commit"/> renames it; disposing it uncommitted takes the temporary directory away.
/// </summary>
internal sealed class AtomicDirectory : IDisposable
{
    private readonly bool _overwrite;
    private readonly OutputFolder _folder;
    private bool _committed;

    private AtomicDirectory(string path, bool overwrite, OutputFolder folder)
    {
        _folder = folder;
        Path = path;
        _overwrite = overwrite;
        TemporaryPath = Beside("tmp");
    }

    /// <summary>The name the directory will have.</summary>
    internal string Path { get; }

    /// <summary>Where it is filled meanwhile.</summary>
    internal string TemporaryPath { get; }

    /// <summary>Makes the temporary directory.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="overwrite">Whether a directory of that name is replaced, with all it holds.</param>
    /// <exception cref="GoCrossException">
    /// FileExists: a file of that name, or a directory that is not to be replaced; PathIsSpecial; OutputIsLink.
    /// </exception>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be made.</exception>
    internal static AtomicDirectory Create(string path, bool overwrite)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(path);
        OutputFiles.RequireReplaceable(path);
        if (File.Exists(path) || (!overwrite && Directory.Exists(path)))
        {
            throw GoCrossException.Create(ErrorKind.AlreadyExists, nameof(Messages.FileExists), path);
        }

        var directory = new AtomicDirectory(path, overwrite, OutputFolder.Open(System.IO.Path.GetDirectoryName(path)!));
        try
        {
            Directory.CreateDirectory(directory.TemporaryPath);
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Gives the directory its name.</summary>
    /// <exception cref="GoCrossException">FileExists: somebody else made one of that name meanwhile.</exception>
    /// <exception cref="IOException">It cannot be renamed. What stood there stands there again.</exception>
    internal void Commit()
    {
        string? old = null;
        if (_overwrite && Directory.Exists(Path))
        {
            old = Beside("old");
            Directory.Move(Path, old);
        }

        try
        {
            Directory.Move(TemporaryPath, Path);
        }
        catch (IOException)
        {
            if (old is not null)
            {
                Directory.Move(old, Path);
            }
            else if (Directory.Exists(Path) || File.Exists(Path))
            {
                throw GoCrossException.Create(ErrorKind.AlreadyExists, nameof(Messages.FileExists), Path);
            }

            throw;
        }

        _committed = true;
        _folder.Keep();
        if (old is not null)
        {
            Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>Removes the temporary directory, if it was not committed.</summary>
    public void Dispose()
    {
        if (!_committed && Directory.Exists(TemporaryPath))
        {
            Directory.Delete(TemporaryPath, recursive: true);
        }

        _folder.Dispose();
    }

    private string Beside(string ending) => System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(Path)!,
        $".{System.IO.Path.GetFileName(Path)}.{System.IO.Path.GetRandomFileName()}.{ending}");
}
