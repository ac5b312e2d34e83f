using GoCross.Errors;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Files;

/// <summary>A file on disk, read by position.</summary>
public sealed class RandomAccessFile : IRandomAccessSource
{
    /// <summary>The ErrorId of a file that holds nothing to read: FileEmpty.</summary>
    public const string EmptyErrorId = nameof(Messages.FileEmpty);

    private readonly SafeFileHandle _handle;

    private RandomAccessFile(string path, SafeFileHandle handle)
    {
        Name = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Length { get; }

    /// <summary>Opens a regular file.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static RandomAccessFile Open(string fullPath)
    {
        // Looked at before it is opened: to open a pipe waits for its other end, and to open a device may act on it.
        // Pipes, devices and sockets all have the length 0.
        var info = new FileInfo(fullPath);
        if (IsThere(info) && info.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            info = (FileInfo?)info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
        }

        if (!IsThere(info))
        {
            throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), fullPath);
        }

        if (info.Attributes.HasFlag(FileAttributes.Directory))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), fullPath);
        }

        if (info.Length == 0)
        {
            throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.FileEmpty), fullPath);
        }

        // Sharing everything keeps .NET from locking the file: one system call less a file.
        return new RandomAccessFile(
            fullPath,
            File.OpenHandle(fullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(_handle, buffer[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    // What FileInfo says where nothing is; it asks the system once for all of its properties.
    private static bool IsThere(FileInfo info) => info.Attributes != (FileAttributes)(-1);
}
