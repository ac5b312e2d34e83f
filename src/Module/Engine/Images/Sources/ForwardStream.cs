using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Images;

/// <summary>
/// What a service sends, with reads that a token ends even while nothing comes. The streams of Docker.DotNet read
/// asynchronously alone.
/// </summary>
/// <param name="inner">What is sent. Disposed with this stream.</param>
/// <param name="service">The connection. Disposed with this stream.</param>
/// <param name="name">How messages name the image.</param>
/// <param name="cancellation">Ends the reads.</param>
internal sealed class ForwardStream(Stream inner, IDisposable service, string name, CancellationToken cancellation)
    : ForwardOnlyStream
{
    private readonly byte[] _buffer = new byte[256 << 10];
    private long _received;
    private int _start;
    private int _end;

    /// <summary>Reads.</summary>
    /// <exception cref="GoCrossException">ImageStreamBroken.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
            _end = Receive();
            _received += _end;
        }

        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            service.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Receive()
    {
        try
        {
            return inner.ReadAsync(_buffer, cancellation).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw GoCrossException.Create(
                e, ErrorKind.Unavailable, nameof(Messages.ImageStreamBroken), name, _received, e.Message);
        }
    }
}
