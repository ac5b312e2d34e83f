using GoCross.Files;
using GoCross.Http;

namespace GoCross.Isolated;

/// <summary>What an archive is written to while it is sent. It ends the writing when the engine has hung up.</summary>
/// <param name="request">The body of the request.</param>
/// <param name="watch">What knows of it.</param>
internal sealed class ArchiveStream(Stream request, PeerCloseWatch watch) : WriteOnlyStream
{
    /// <summary>Whether it has.</summary>
    internal bool HasPeerClosed => watch.HasPeerClosed;

    public override void Flush() => request.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => request.FlushAsync(cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        request.Write(buffer);
        ThrowIfPeerClosed();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await request.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        ThrowIfPeerClosed();
    }

    private void ThrowIfPeerClosed()
    {
        if (watch.HasPeerClosed)
        {
            throw new IOException("the engine has hung up");
        }
    }
}
