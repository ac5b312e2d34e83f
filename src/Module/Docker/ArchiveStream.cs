using GoCross.Transfers;

namespace GoCross.Docker;

/// <summary>What an archive is written to while it is sent. It ends the writing when the engine has hung up.</summary>
/// <param name="request">The body of the request.</param>
/// <param name="watch">What knows of it.</param>
internal sealed class ArchiveStream(Stream request, HangUpWatch watch) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether it has.</summary>
    internal bool HasHungUp => watch.HasHungUp;

    public override void Flush() => request.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => request.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        request.Write(buffer);
        ThrowIfHungUp();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await request.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        ThrowIfHungUp();
    }

    private void ThrowIfHungUp()
    {
        if (watch.HasHungUp)
        {
            throw new IOException("the engine has hung up");
        }
    }
}
