using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using GoCross.Errors;
using GoCross.Http;
using GoCross.Oci;

namespace GoCross.Registries;

/// <summary>A part of a blob as the body of a request: read as it is sent, and not held.</summary>
internal sealed class UploadContent : HttpContent
{
    private const int PieceBytes = 128 << 10;

    private readonly ImageBlob _blob;
    private readonly BlobLabel _label;
    private readonly long _offset;
    private readonly long _length;
    private readonly Action<int> _onSent;

    /// <summary>Prepares the body.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="label">How messages name it.</param>
    /// <param name="offset">Its first byte that is sent.</param>
    /// <param name="length">How many are sent.</param>
    /// <param name="onSent">Gets how many bytes more are on their way.</param>
    internal UploadContent(ImageBlob blob, BlobLabel label, long offset, long length, Action<int> onSent)
    {
        _blob = blob;
        _label = label;
        _offset = offset;
        _length = length;
        _onSent = onSent;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Called before each piece is sent.</summary>
    internal Action? OnWaiting { get; set; }

    /// <summary>Called when all is sent.</summary>
    internal Action? OnEnd { get; set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        PeerCloseWatch watch = PeerCloseWatch.Start();
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            Stream source = OpenSource();
            await using (source.ConfigureAwait(false))
            {
                for (long left = _length; left > 0;)
                {
                    int count = Read(source, piece.AsSpan(0, (int)Math.Min(left, PieceBytes)));
                    OnWaiting?.Invoke();
                    await stream.WriteAsync(piece.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                    left -= count;
                    if (!watch.HasPeerClosed)
                    {
                        _onSent(count);
                    }
                }
            }

            OnEnd?.Invoke();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    private Stream OpenSource()
    {
        try
        {
            Stream source = _blob.Open();
            source.Position = _offset;
            return source;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e, e.Message);
        }
    }

    private int Read(Stream source, Span<byte> piece)
    {
        int count;
        try
        {
            count = source.Read(piece);
        }
        catch (IOException e)
        {
            throw Unreadable(e, e.Message);
        }

        return count > 0 ? count : throw Unreadable(null, "it ends too early");
    }

    private GoCrossException Unreadable(Exception? cause, string reason) => cause is null
        ? GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.PackageFileUnreadable), _label, reason)
        : GoCrossException.Create(cause, ErrorKind.InvalidData, nameof(Messages.PackageFileUnreadable), _label, reason);
}
