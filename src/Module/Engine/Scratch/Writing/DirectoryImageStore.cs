using System.Security.Cryptography;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>
/// A layout in a directory. Its index has the mark of what was written here, and the blobs have their hashes for names:
/// whether anybody changed it can be told.
/// </summary>
internal sealed class DirectoryImageStore : ImageStore
{
    private const string Unfinished = "unfinished";
    private const string IndexName = "index.json";

    private readonly AtomicDirectory _directory;
    private FileStream? _blob;
    private long _length;

    /// <summary>Begins a layout.</summary>
    /// <param name="path">The directory's full path.</param>
    /// <param name="overwrite">
    /// Whether a layout that stands there is replaced that was not written here, or was changed since. A directory that is not
    /// a layout never is.
    /// </param>
    /// <exception cref="GoCrossException">FileExists; DirectoryNotLayout.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal DirectoryImageStore(string path, bool overwrite)
    {
        if (Directory.Exists(path) && overwrite && !IsReplaceable(path))
        {
            throw GoCrossException.Create(ErrorKind.AlreadyExists, nameof(Messages.DirectoryNotLayout), path);
        }

        _directory = AtomicDirectory.Create(path, overwrite || IsIntact(path));
        try
        {
            Directory.CreateDirectory(In(BlobFolder));
            AddFile(LayoutName, Layout);
        }
        catch
        {
            _directory.Dispose();
            throw;
        }
    }

    internal override string Path => _directory.Path;

    internal override long Length => _length;

    internal override bool HasMarkedIndex => true;

    internal override void AddFile(string name, ReadOnlySpan<byte> content)
    {
        using FileStream file = new(In(name), FileMode.CreateNew, FileAccess.Write);
        file.Write(content);
        _length += content.Length;
    }

    internal override void Commit() => _directory.Commit();

    public override void Dispose()
    {
        _blob?.Dispose();
        _directory.Dispose();
    }

    private protected override Stream BeginBlob() =>
        _blob = new FileStream(In(Unfinished), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private protected override void AbandonBlob()
    {
        _blob!.Dispose();
        File.Delete(In(Unfinished));
    }

    private protected override Func<Stream> EndBlob(string digest, long length)
    {
        _blob!.Dispose();
        File.Move(In(Unfinished), In(PathOf(digest)));
        _length += length;
        string path = System.IO.Path.Combine(Path, PathOf(digest));
        return () => File.OpenRead(path);
    }

    private static bool IsReplaceable(string path) =>
        File.Exists(System.IO.Path.Combine(path, LayoutName)) || !Directory.EnumerateFileSystemEntries(path).Any();

    // What is there has to be what was written, and nothing beside it.
    private static bool IsIntact(string path)
    {
        if (new DirectoryInfo(path) is not { Exists: true, LinkTarget: null }
            || !WrittenMark.IsIntact(System.IO.Path.Combine(path, IndexName)))
        {
            return false;
        }

        return new DirectoryInfo(path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).All(entry =>
            System.IO.Path.GetRelativePath(path, entry.FullName).Replace('\\', '/') is var name && entry.LinkTarget is null && name switch
            {
                IndexName => true,
                LayoutName => File.ReadAllBytes(entry.FullName).AsSpan().SequenceEqual(Layout),
                _ when entry is DirectoryInfo => BlobFolder.StartsWith(name + "/", StringComparison.Ordinal),
                _ => name == PathOf(DigestOf(entry.FullName)),
            });
    }

    private static string DigestOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Digests.FromHash(SHA256.HashData(stream));
    }

    private string In(string name) => System.IO.Path.Combine(_directory.TemporaryPath, name);
}
