using GoCross.Files;

namespace GoCross.Scratch;

/// <summary>
/// A layout in a tar. Every blob goes out as it is hashed, and its name, which is its hash, is written into the header
/// before it afterwards. Behind the tar's end, where no reader looks, is the mark of what was written here.
/// </summary>
internal sealed class TarImageStore : ImageStore
{
    private const int FileMode = 0x1A4; // 0644
    private const int DirectoryMode = 0x1ED; // 0755

    private readonly AtomicFile _file;
    private readonly FileStream _stream;
    private readonly long _time;
    private readonly byte[] _block = new byte[Ustar.BlockSize];
    private long _begin;
    private long _length;

    /// <summary>Begins a tar.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="overwrite">Whether a file that stands there is replaced that was not written here, or was changed since.</param>
    /// <param name="time">The modification time of all its entries, in seconds since 1970.</param>
    /// <exception cref="Errors.GoCrossException">FileExists; PathIsDirectory; PathIsSpecial.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal TarImageStore(string path, bool overwrite, long time)
    {
        _time = time;
        _file = AtomicFile.Create(path, overwrite || WrittenMark.IsIntact(path));
        try
        {
            _stream = _file.OpenWrite();
            AddFile(LayoutName, Layout);
            AddHeader("blobs/", UstarType.Directory, DirectoryMode, 0);
            AddHeader(BlobFolder, UstarType.Directory, DirectoryMode, 0);
        }
        catch
        {
            _stream?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    internal override string Path => _file.Path;

    internal override long Length => _length;

    internal override void AddFile(string name, ReadOnlySpan<byte> content)
    {
        AddHeader(name, UstarType.File, FileMode, content.Length);
        _stream.Write(content);
        Fill(Ustar.Padding(content.Length));
    }

    internal override void Commit()
    {
        Fill(Ustar.EndLength);
        _stream.Write(WrittenMark.SignedBlock(_stream, Ustar.BlockSize));
        _length = _stream.Length;
        _stream.Dispose();
        _file.Commit();
    }

    public override void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private protected override Stream BeginBlob()
    {
        _begin = _stream.Position;
        _stream.Write(_block);
        return _stream;
    }

    private protected override void AbandonBlob()
    {
        _stream.SetLength(_begin);
        _stream.Position = _begin;
    }

    private protected override Func<Stream> EndBlob(string digest, long length)
    {
        Fill(Ustar.Padding(length));
        long end = _stream.Position;
        _stream.Position = _begin;
        AddHeader(PathOf(digest), UstarType.File, FileMode, length);
        _stream.Position = end;
        string path = Path;
        long offset = _begin + Ustar.BlockSize;
        return () => new FileRegionStream(File.OpenHandle(path), offset, length, ownsFile: true);
    }

    private void AddHeader(string name, UstarType type, int mode, long length)
    {
        Ustar.WriteHeader(_block, name, type, mode, length, 0, 0, _time);
        _stream.Write(_block);
    }

    private void Fill(int count)
    {
        Span<byte> zeros = stackalloc byte[Ustar.EndLength];
        zeros.Clear();
        _stream.Write(zeros[..count]);
    }
}
