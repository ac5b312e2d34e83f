using Microsoft.Win32.SafeHandles;

namespace GoCross.Files;

/// <summary>A part of a file as a stream, read by position: several can read one file at once.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">Where the part begins, in bytes from the file's beginning.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="ownsFile">Whether the file is closed with the stream.</param>
internal sealed class FileRegionStream(SafeFileHandle file, long offset, long length, bool ownsFile = false) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        long left = length - _position;
        if (left <= 0)
        {
            return 0;
        }

        int read = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, left)], offset + _position);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsFile)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
