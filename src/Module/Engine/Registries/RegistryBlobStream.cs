using System.Net;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Registries;

/// <summary>
/// A blob on its way from a registry. A transfer that breaks off or stays silent is taken up where it was; what comes is of
/// the size that the manifest states, or an error.
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="digest">Which blob.</param>
/// <param name="size">Its bytes, as the manifest states them.</param>
/// <param name="cancellation">Ends a read, also while nothing comes.</param>
internal sealed class RegistryBlobStream(
    RegistryClient client, string digest, long size, CancellationToken cancellation) : BufferedForwardStream
{
    private const int MaxBreaks = 20;

    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _received;
    private int _breaks;
    private GoCrossException? _failure;

    /// <exception cref="GoCrossException">
    /// RegistryTransferBroken; BlobSizeMismatch; what <see cref="RegistryClient.OpenBlobAsync"/> throws.
    /// </exception>
    protected override int Receive(byte[] buffer)
    {
        // Whoever reads on after an error, to hash the rest, gets it again, and no end of the stream.
        if (_failure is not null)
        {
            throw _failure;
        }

        try
        {
            return ReceiveAsync(buffer).GetAwaiter().GetResult();
        }
        catch (GoCrossException e)
        {
            _failure = e;
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReceiveAsync(byte[] buffer)
    {
        for (int attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                int read = await ReceiveOnceAsync(buffer).ConfigureAwait(false);
                _received += read;
                return _received > size || (read == 0 && _received < size && _response!.Content.Headers.ContentLength is null)
                    ? throw SizeMismatch(_received)
                    : read;
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                failure = e;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                failure = new TimeoutException($"nothing came for {client.Options.AnswerTimeout.TotalSeconds} seconds");
            }

            _response?.Dispose();
            _response = null;
            _body = null;
            if (attempt >= client.Options.Attempts || ++_breaks > MaxBreaks)
            {
                throw GoCrossException.Create(
                    failure,
                    ErrorKind.Unavailable,
                    nameof(Messages.RegistryTransferBroken),
                    new BlobLabel(client.Name, digest),
                    _received,
                    size,
                    ServerText.Clean(failure.GetBaseException().Message));
            }

            await client.PauseAsync(attempt, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<int> ReceiveOnceAsync(byte[] buffer)
    {
        if (_body is null)
        {
            await OpenAsync(buffer).ConfigureAwait(false);
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(client.Options.AnswerTimeout);
        return await _body!.ReadAsync(buffer, timeout.Token).ConfigureAwait(false);
    }

    private async Task OpenAsync(byte[] buffer)
    {
        _response = await client.OpenBlobAsync(digest, _received, cancellation).ConfigureAwait(false);
        _body = await _response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        bool isPart = _response.StatusCode == HttpStatusCode.PartialContent;
        long begin = isPart ? _response.Content.Headers.ContentRange?.From ?? -1 : 0;
        if (begin > _received || begin < 0)
        {
            throw new IOException("the registry does not go on where it was asked to");
        }

        if (_response.Content.Headers.ContentLength is { } length && begin + length != size)
        {
            throw SizeMismatch(begin + length);
        }

        // One that knows no ranges begins anew: what is here already is passed over.
        for (long left = _received - begin; left > 0;)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            timeout.CancelAfter(client.Options.AnswerTimeout);
            int read = await _body
                .ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), timeout.Token)
                .ConfigureAwait(false);
            left -= read > 0 ? read : throw new EndOfStreamException("the registry sends less than before");
        }
    }

    private GoCrossException SizeMismatch(long actual) => GoCrossException.Create(
        ErrorKind.InvalidData, nameof(Messages.BlobSizeMismatch), new BlobLabel(client.Name, digest), size, actual);
}
