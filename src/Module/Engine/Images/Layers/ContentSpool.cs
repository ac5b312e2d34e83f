using GoCross.Files;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Images;

/// <summary>
/// Keeps the contents of files of an image in a temporary file that has no name and that nobody else can open, so that
/// they can be read by position and need not be unpacked or fetched again. Where there is no room for them, they are not
/// kept. Several use it, each of which disposes it; the last closes the file. Safe for several threads.
/// </summary>
internal sealed class ContentSpool : IDisposable
{
    private readonly object _gate = new();
    private readonly SpoolRoom _room;
    private SafeFileHandle? _file;
    private long _length;
    private bool _isBroken;
    private int _users = 1;

    /// <summary>Makes an empty one, whose first user is the caller; there is no file before something is kept.</summary>
    /// <param name="room">How many bytes it and others may keep.</param>
    internal ContentSpool(SpoolRoom room) => _room = room;

    /// <summary>Adds a user to each of the spools that some layers have files in. One that is closed is left out.</summary>
    /// <param name="layers">The indexes of the layers.</param>
    /// <returns>The spools, each of which the caller disposes.</returns>
    internal static ContentSpool[] Hold(IEnumerable<LayerIndex> layers) =>
    [
        .. layers
            .Select(layer => layer.Kept?.Spool)
            .OfType<ContentSpool>()
            .Distinct()
            .Where(spool => spool.TryAddUser()),
    ];

    /// <summary>Takes room for a file.</summary>
    /// <param name="size">Its bytes.</param>
    /// <returns>Where it is to be written; null where there is no room.</returns>
    internal long? TryTake(long size)
    {
        // Not under the lock: to make room closes the spools of others.
        if (_isBroken || !_room.TryTake(size))
        {
            return null;
        }

        lock (_gate)
        {
            try
            {
                _file ??= CreateNameless();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _isBroken = true;
                _room.Give(size);
                return null;
            }

            _length += size;
            return _length - size;
        }
    }

    /// <summary>Writes a part of a file.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="content">The part.</param>
    /// <returns>False where the disk is full.</returns>
    internal bool TryWrite(long offset, ReadOnlySpan<byte> content)
    {
        try
        {
            RandomAccess.Write(_file!, content, offset);
            return true;
        }
        catch (IOException)
        {
            _isBroken = true;
            return false;
        }
    }

    /// <summary>Opens a file that was kept; null where the spool is closed. The caller is a user as long as it reads.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="offset">Where it is.</param>
    /// <param name="size">Its bytes.</param>
    internal IRandomAccessSource? TryOpen(string name, long offset, long size)
    {
        lock (_gate)
        {
            return _users == 0 ? null : new StreamSource(name, new FileRegionStream(_file!, offset, size), 0, size);
        }
    }

    /// <summary>Takes a user away. Without any the file is closed and its room given back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (--_users == 0)
            {
                _file?.Dispose();
                _room.Give(_length);
            }
        }
    }

    private bool TryAddUser()
    {
        lock (_gate)
        {
            _users += _users == 0 ? 0 : 1;
            return _users > 0;
        }
    }

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
