using GoCross.Files;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Images;

/// <summary>
/// Keeps the contents of files of an image in a temporary file that has no name and that nobody else can open, so that
/// they can be read by position and need not be unpacked or fetched again. Where there is no room for them, they are not
/// kept. Safe for several threads.
/// </summary>
internal sealed class ContentSpool : IDisposable
{
    /// <summary>Bytes that are kept of one image.</summary>
    internal const long UsualBytes = 2L << 30;

    private readonly object _gate = new();
    private readonly long _most;
    private SafeFileHandle? _file;
    private long _length;
    /// <summary>Makes an empty one; there is no file before something is kept.</summary>
    /// <param name="most">How many bytes it may keep.</param>
    internal ContentSpool(long most = UsualBytes) => _most = most;

    /// <summary>Whether something found no room.</summary>
    internal bool IsFull { get; private set; }

    /// <summary>Takes room for a file.</summary>
    /// <param name="size">Its bytes.</param>
    /// <returns>Where it is to be written; null where there is no room.</returns>
    internal long? TryTake(long size)
    {
        lock (_gate)
        {
            if (IsFull || size > _most - _length)
            {
                IsFull = true;
                return null;
            }

            try
            {
                _file ??= CreateNameless();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                IsFull = true;
                return null;
            }

            _length += size;
            return _length - size;
        }
    }

    /// <summary>Writes a part of a file.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="content">The part.</param>
    /// <returns>False where the disk is full, or the session forgot it meanwhile.</returns>
    internal bool TryWrite(long offset, ReadOnlySpan<byte> content)
    {
        try
        {
            RandomAccess.Write(_file!, content, offset);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            IsFull = true;
            return false;
        }
    }

    /// <summary>Opens a file that was kept.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="offset">Where it is.</param>
    /// <param name="size">Its bytes.</param>
    internal IRandomAccessSource Open(string name, long offset, long size) =>
        new StreamSource(name, new FileRegionStream(_file!, offset, size), 0, size);

    /// <summary>Gives the room back.</summary>
    public void Dispose() => _file?.Dispose();

    private static SafeFileHandle CreateNameless()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gocross-{Path.GetRandomFileName()}");
        if (OperatingSystem.IsWindows())
        {
            // It is removed when it is closed, however the process ends.
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        }

        // A file that is open needs no name. Nobody else may open it before it has none.
        using FileStream made = new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
