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
    : BufferedForwardStream
{
    private long _received;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            service.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <exception cref="GoCrossException">ImageStreamBroken.</exception>
    protected override int Receive(byte[] buffer)
    {
        try
        {
            int received = inner.ReadAsync(buffer, cancellation).AsTask().GetAwaiter().GetResult();
            _received += received;
            return received;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw GoCrossException.Create(
                e, ErrorKind.Unavailable, nameof(Messages.ImageStreamBroken), name, _received, e.Message);
        }
    }
}
