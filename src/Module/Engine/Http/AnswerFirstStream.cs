namespace GoCross.Http;

/// <summary>
/// A connection whose other side may answer before it has read everything, and hang up: "no space left", "too large". What
/// is written then goes nowhere instead of failing, so that the answer is read; where there is none, the reading fails.
/// </summary>
/// <param name="connection">The connection. Disposed with this.</param>
internal sealed class AnswerFirstStream(Stream connection) : Stream
{
    private volatile bool _peerClosed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override bool CanTimeout => connection.CanTimeout;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int ReadTimeout
    {
        get => connection.ReadTimeout;
        set => connection.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => connection.WriteTimeout;
        set => connection.WriteTimeout = value;
    }

    /// <summary>Puts itself before the connections of a <see cref="SocketsHttpHandler"/>.</summary>
    internal static ValueTask<Stream> FilterAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken _) =>
        ValueTask.FromResult<Stream>(new AnswerFirstStream(context.PlaintextStream));

    public override int Read(byte[] buffer, int offset, int count) => connection.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => connection.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        connection.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_peerClosed)
        {
            PeerCloseWatch.Tell();
            return;
        }

        try
        {
            connection.Write(buffer);
        }
        catch (IOException)
        {
            _peerClosed = true;
            PeerCloseWatch.Tell();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_peerClosed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PeerCloseWatch.Tell();
            return;
        }

        try
        {
            await connection.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            _peerClosed = true;
            PeerCloseWatch.Tell();
        }
    }

    public override void Flush()
    {
        if (!_peerClosed)
        {
            connection.Flush();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _peerClosed ? Task.CompletedTask : connection.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }
}
