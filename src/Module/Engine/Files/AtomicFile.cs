using GoCross.Errors;

namespace GoCross.Files;

/// <summary>
/// A file that appears under its name whole or not at all. Its content is written, by us or by another program, to
/// <see cref="TemporaryPath"/> in the same directory, and <see cref="Commit"/> renames it; disposing it uncommitted
/// takes the temporary file away.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly bool _overwrite;
    private readonly OutputFolder _folder;
    private bool _committed;

    private AtomicFile(string path, bool overwrite, OutputFolder folder)
    {
        _folder = folder;
        Path = path;
        _overwrite = overwrite;
        TemporaryPath = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(path)!,
            $".{System.IO.Path.GetFileName(path)}.{System.IO.Path.GetRandomFileName()}.tmp");
    }

    /// <summary>The name the file will have.</summary>
    public string Path { get; }

    /// <summary>Where the content goes meanwhile: the same directory, so that the rename stays within a file system.</summary>
    public string TemporaryPath { get; }

    /// <summary>Prepares a file. Nothing is created yet but its directory, which goes away again if nothing comes into it.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="GoCrossException">FileExists; PathIsDirectory; PathIsSpecial; OutputIsLink.</exception>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be made.</exception>
    public static AtomicFile Create(string path, bool overwrite)
    {
        if (Directory.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), path);
        }

        OutputFiles.RequireReplaceable(path);
        if (!overwrite && File.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.AlreadyExists, nameof(Messages.FileExists), path);
        }

        return new AtomicFile(path, overwrite, OutputFolder.Open(System.IO.Path.GetDirectoryName(path)!));
    }

    /// <summary>Opens the temporary file for writing. The caller closes it before <see cref="Commit"/>.</summary>
    public FileStream OpenWrite() =>
        new(TemporaryPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    /// <summary>Finds out now, not after the work of minutes, whether its directory can be written to.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    public void RequireWritable()
    {
        OpenWrite().Dispose();
        File.Delete(TemporaryPath);
    }

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="GoCrossException">FileExists: somebody else made a file of that name meanwhile.</exception>
    public void Commit()
    {
        try
        {
            File.Move(TemporaryPath, Path, _overwrite);
        }
        catch (IOException) when (!_overwrite && File.Exists(Path))
        {
            throw GoCrossException.Create(ErrorKind.AlreadyExists, nameof(Messages.FileExists), Path);
        }

        // Where both names are of one file, rename(2) does nothing and leaves both.
        File.Delete(TemporaryPath);
        _committed = true;
        _folder.Keep();
    }

    /// <summary>Removes the temporary file, if the file was not committed.</summary>
    public void Dispose()
    {
        if (!_committed)
        {
            File.Delete(TemporaryPath);
        }

        _folder.Dispose();
    }
}
