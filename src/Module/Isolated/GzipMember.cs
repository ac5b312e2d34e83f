using System.Buffers;
using System.Buffers.Binary;
using GoCross.Files;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;
using ICSharpCode.SharpZipLib.Zip.Compression.Streams;

namespace GoCross.Isolated;

/// <summary>
/// One member of a gzip file (RFC 1952, section 2.3) in the making. Header and trailer are written here, because the
/// library's header carries the time of its making.
/// </summary>
internal sealed class GzipMember : WriteOnlyStream
{
    private const int BufferLength = 1 << 16;

    private readonly Stream _output;
    private readonly Deflater _deflater = new(Deflater.DEFAULT_COMPRESSION, noZlibHeaderOrFooter: true);
    private readonly DeflaterOutputStream _deflated;
    private readonly Crc32 _checksum = new();
    private uint _length;
    private bool _ended;

    internal GzipMember(Stream output)
    {
        _output = output;

        // Deflate, no flags, no time, no word about the effort, and an unknown system.
        output.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]);
        _deflated = new DeflaterOutputStream(output, _deflater, BufferLength) { IsStreamOwner = false };
    }

    // The library takes arrays.
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            buffer.CopyTo(copy);
            Write(copy, 0, buffer.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        _checksum.Update(new ArraySegment<byte>(buffer, offset, count));
        _deflated.Write(buffer, offset, count);
        _length = unchecked(_length + (uint)count);
    }

    /// <summary>Nothing: a flush in the middle would end a block and change the bytes.</summary>
    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            _ended = true;
            _deflated.Finish();
            Span<byte> trailer = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, (uint)_checksum.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
            _output.Write(trailer);
            _deflated.Dispose();
        }

        base.Dispose(disposing);
    }
}
