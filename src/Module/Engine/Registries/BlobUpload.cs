using System.Globalization;
using System.Net;
using GoCross.Errors;
using GoCross.Oci;
using GoCross.Progress;

namespace GoCross.Registries;

/// <summary>
/// A blob on its way to a registry (OCI distribution-spec 1.1, "Pushing blobs"). What breaks off goes on where the registry
/// says that it is; a registry that cannot say gets the blob anew.
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="reference">The image that it is pushed for.</param>
/// <param name="blob">The blob.</param>
/// <param name="meter">What counts the bytes.</param>
internal sealed class BlobUpload(RegistryClient client, ImageReference reference, ImageBlob blob, TransferMeter meter)
{
    // GitHub's registry takes no more in a chunk (4 MiB), and of a request that is not a chunk any length.
    private const int SmallChunkBytes = 4_000_000;

    // From here on it is asked for before it is sent, so that a refusal is read, and not drowned in what is being sent.
    private const int ExpectBytes = 1 << 20;

    private const int MaxBreaks = 20;

    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BeginTimeout = TimeSpan.FromSeconds(1);

    private readonly BlobLabel _label = new(client.Name, $"blobs/{blob.Digest}");
    private int _chunk = client.Options.ChunkBytes;
    private bool _expects = true;
    private Uri? _session;
    private long _received;
    private long _counted;
    private bool _wasResumed;

    private enum Step
    {
        /// <summary>The registry has it.</summary>
        Done,

        /// <summary>The registry has more of it than before.</summary>
        Received,

        /// <summary>It may go if it is tried again.</summary>
        Retry,

        /// <summary>The registry knows nothing of the upload any more: it begins anew.</summary>
        Lost,

        /// <summary>It does not go in chunks, or not all at once.</summary>
        SwitchMode,
    }

    private enum ChunkState
    {
        /// <summary>The next chunk is to be sent.</summary>
        Send,

        /// <summary>After a break the registry is to be asked how much it has.</summary>
        Ask,

        /// <summary>All chunks are there: what is left is the digest.</summary>
        Commit,
    }

    /// <summary>Looks whether the registry has the blob, or can take it over from another repository.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">What <see cref="RegistryClient.SendAsync"/> throws.</exception>
    internal async Task<BlobPresence> FindAsync(CancellationToken cancellation)
    {
        if (await client.HasBlobAsync(blob.Digest, cancellation).ConfigureAwait(false))
        {
            return BlobPresence.There;
        }

        return blob.FoundIn is { } source && source.Domain == reference.Domain && source.Path != reference.Path
            && await MountAsync(source.Path, cancellation).ConfigureAwait(false)
                ? BlobPresence.Mounted
                : BlobPresence.Missing;
    }

    /// <summary>Sends the blob. After a failure nothing of it is left with the registry, as far as that can be reached.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">
    /// RegistryTransferBroken; RegistryBlobRefused; RegistryTooLarge; RegistryRepositoryMissing; RegistryPushUnsupported;
    /// PackageFileUnreadable; what <see cref="RegistryClient.AskAsync"/> throws.
    /// </exception>
    internal async Task SendAsync(CancellationToken cancellation)
    {
        try
        {
            await SendInEitherModeAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Tells the registry to forget what it has of the upload: in bounded time, and whatever comes of it.</summary>
    internal async Task AbandonAsync()
    {
        if (_session is not { } session)
        {
            return;
        }

        _session = null;
        using var timeout = new CancellationTokenSource(AbandonTimeout);
        try
        {
            using HttpResponseMessage response = await client
                .AskAsync(HttpMethod.Delete, session, null, isOnce: true, timeout.Token)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is GoCrossException or OperationCanceledException)
        {
            // A registry forgets such uploads by itself, after some days.
        }
    }

    private async Task SendInEitherModeAsync(CancellationToken cancellation)
    {
        bool isChunked = blob.Length > _chunk;
        bool wasSwitched = false;
        for (int begun = 1; ; begun++)
        {
            if (_session is null)
            {
                await BeginAsync(cancellation).ConfigureAwait(false);
            }

            CountFrom(0);
            _received = 0;
            _wasResumed = false;
            Step step = isChunked
                ? await SendChunksAsync(cancellation).ConfigureAwait(false)
                : await SendWholeAsync(!wasSwitched && blob.Length > SmallChunkBytes, cancellation).ConfigureAwait(false);
            if (step == Step.Done)
            {
                CountFrom(blob.Length);
                _session = null;
                return;
            }

            if (step == Step.SwitchMode)
            {
                await AbandonAsync().ConfigureAwait(false);
                isChunked = !isChunked;
                wasSwitched = true;
            }
            else
            {
                _session = null;
                if (begun >= client.Options.Attempts)
                {
                    throw Broken(null, "the registry forgets what it was sent");
                }

                await client.PauseAsync(begun, cancellation).ConfigureAwait(false);
            }
        }
    }

    // 201: it is there. 202 begins an upload, as if it had been asked for without a mount. Somebody who may not read the
    // other repository is refused: then it is sent.
    private async Task<bool> MountAsync(string source, CancellationToken cancellation)
    {
        try
        {
            Uri address = await client
                .AddressAsync($"blobs/uploads/?mount={Uri.EscapeDataString(blob.Digest)}&from={Uri.EscapeDataString(source)}", cancellation)
                .ConfigureAwait(false);
            using HttpResponseMessage response = await client
                .AskAsync(HttpMethod.Post, address, WithNothing, isOnce: false, cancellation)
                .ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                Begun(response);
            }

            return response.StatusCode == HttpStatusCode.Created;
        }
        catch (GoCrossException e) when (e.Kind == ErrorKind.AccessDenied)
        {
            return false;
        }
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        Uri address = await client.AddressAsync("blobs/uploads/", cancellation).ConfigureAwait(false);

        // Cancelling the request that begins an upload may leave one that cannot be abandoned: only the answer says where it is.
        using var timeout = new CancellationTokenSource();
        using CancellationTokenRegistration wait = cancellation.Register(() => timeout.CancelAfter(BeginTimeout));
        using HttpResponseMessage response = await client
            .AskAsync(HttpMethod.Post, address, WithNothing, isOnce: false, timeout.Token)
            .ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync(response, 0, cancellation).ConfigureAwait(false);
        }

        Begun(response);
        cancellation.ThrowIfCancellationRequested();
    }

    private void Begun(HttpResponseMessage response)
    {
        _session = Location(response) ?? throw GoCrossException.Create(
            ErrorKind.InvalidData,
            nameof(Messages.RegistryAnswerInvalid),
            reference.Domain,
            "it begins an upload and does not say where it goes");
        if (response.Headers.TryGetValues("OCI-Chunk-Min-Length", out IEnumerable<string>? values)
            && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int minChunk))
        {
            _chunk = Math.Max(_chunk, minChunk);
        }
    }

    private async Task<Step> SendChunksAsync(CancellationToken cancellation)
    {
        var state = ChunkState.Send;
        for (int attempt = 0, breaks = 0; ;)
        {
            Answer answer = await AnswerAsync(() => state switch
            {
                ChunkState.Send => SendChunkAsync(cancellation),
                ChunkState.Ask => FindReceivedAsync(cancellation),
                _ => CommitAsync(cancellation),
            }).ConfigureAwait(false);
            switch (answer.Step)
            {
                case Step.Received:
                    attempt = answer.IsProgress ? 0 : attempt;
                    state = ChunkState.Send;
                    if (_received == blob.Length)
                    {
                        attempt = 0;
                        state = ChunkState.Commit;
                    }

                    break;
                case Step.Retry:
                    if (state != ChunkState.Commit)
                    {
                        state = ChunkState.Ask;
                        _wasResumed = true;
                        breaks++;
                    }

                    if (++attempt >= client.Options.Attempts || breaks > MaxBreaks)
                    {
                        throw Last(answer.Failure!);
                    }

                    await PauseAsync(answer.Pause, attempt, cancellation).ConfigureAwait(false);
                    break;
                default:
                    return answer.Step;
            }
        }
    }

    private async Task<Answer> SendChunkAsync(CancellationToken cancellation)
    {
        long length = Math.Min(_chunk, blob.Length - _received);
        using HttpResponseMessage response = await PutPartAsync(HttpMethod.Patch, _session!, _received, length, cancellation)
            .ConfigureAwait(false);
        HttpStatusCode status = response.StatusCode;
        if (status is HttpStatusCode.Accepted or HttpStatusCode.NoContent or HttpStatusCode.OK)
        {
            long expected = _received + length;
            long received = ReadRange(response) ?? expected;
            Moved(response);
            if (received <= _received || received > expected)
            {
                return new(Step.SwitchMode);
            }

            _received = received;
            CountFrom(received);
            return new(Step.Received);
        }

        // Amazon's registry says 201, keeps the first chunk and throws the others away (aws/containers-roadmap 2831).
        if (status == HttpStatusCode.Created || (_received == 0 && IsNoChunks(status)))
        {
            return new(Step.SwitchMode);
        }

        if (status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return new(Step.Lost);
        }

        bool isOutOfStep = status == HttpStatusCode.RequestedRangeNotSatisfiable;
        bool isTooLarge = status == HttpStatusCode.RequestEntityTooLarge || (isOutOfStep && _received == 0);
        if (isTooLarge && length > SmallChunkBytes)
        {
            _chunk = SmallChunkBytes;
            return new(Step.Received, IsProgress: false);
        }

        return isTooLarge && isOutOfStep
            ? new(Step.SwitchMode)
            : await RetryOrRefuseAsync(response, length, isOutOfStep, cancellation).ConfigureAwait(false);
    }

    private async Task<Answer> CommitAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage response = await PutPartAsync(HttpMethod.Put, WithDigest(_session!), 0, 0, cancellation)
            .ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            CheckDigest(response);
            return new(Step.Done);
        }

        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.RequestedRangeNotSatisfiable
            || (_wasResumed && response.StatusCode == HttpStatusCode.BadRequest))
        {
            // It may be what an answer that was lost has done.
            return new(await client.HasBlobAsync(blob.Digest, cancellation).ConfigureAwait(false) ? Step.Done : Step.Lost);
        }

        return await RetryOrRefuseAsync(response, 0, isOutOfStep: false, cancellation).ConfigureAwait(false);
    }

    // In one request, which every registry knows. There is nothing to go on with after a break: it begins anew.
    private async Task<Step> SendWholeAsync(bool mayBeChunked, CancellationToken cancellation)
    {
        bool wasSent = false;
        for (int attempt = 1; ; attempt++)
        {
            Answer answer = await AnswerAsync(() => PutWholeAsync(wasSent, mayBeChunked, cancellation)).ConfigureAwait(false);
            if (answer.Step != Step.Retry)
            {
                return answer.Step;
            }

            wasSent = _counted == blob.Length;
            if (attempt >= client.Options.Attempts)
            {
                throw Last(answer.Failure!);
            }

            await AbandonAsync().ConfigureAwait(false);
            CountFrom(0);
            await PauseAsync(answer.Pause, attempt, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<Answer> PutWholeAsync(bool wasSent, bool mayBeChunked, CancellationToken cancellation)
    {
        if (wasSent && await client.HasBlobAsync(blob.Digest, cancellation).ConfigureAwait(false))
        {
            return new(Step.Done);
        }

        if (_session is null)
        {
            await BeginAsync(cancellation).ConfigureAwait(false);
        }

        using HttpResponseMessage response = await PutPartAsync(
            HttpMethod.Put, WithDigest(_session!), 0, blob.Length, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            CheckDigest(response);
            return new(Step.Done);
        }

        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return new(Step.Lost);
        }

        if (mayBeChunked && response.StatusCode == HttpStatusCode.RequestEntityTooLarge)
        {
            _chunk = SmallChunkBytes;
            return new(Step.SwitchMode);
        }

        return await RetryOrRefuseAsync(response, blob.Length, isOutOfStep: false, cancellation).ConfigureAwait(false);
    }

    private static async Task<Answer> AnswerAsync(Func<Task<Answer>> request)
    {
        try
        {
            return await request().ConfigureAwait(false);
        }
        catch (GoCrossException e) when (IsBreak(e))
        {
            return new(Step.Retry, Failure: e);
        }
    }

    private async Task<Answer> RetryOrRefuseAsync(
        HttpResponseMessage response, long length, bool isOutOfStep, CancellationToken cancellation)
    {
        GoCrossException failure = await RefusedAsync(response, length, cancellation).ConfigureAwait(false);
        TimeSpan? pause = null;
        return isOutOfStep || (RegistryHttp.IsTransient(response.StatusCode) && MayWait(response, out pause))
            ? new(Step.Retry, Failure: failure, Pause: pause)
            : throw failure;
    }

    private async Task<HttpResponseMessage> PutPartAsync(
        HttpMethod method, Uri address, long offset, long length, CancellationToken cancellation)
    {
        while (true)
        {
            bool isExpected = _expects && length >= ExpectBytes;
            HttpResponseMessage response = await client.AskAsync(
                method,
                address,
                request =>
                {
                    // Another request for the same: what the one before it has sent was for nothing.
                    if (length > 0)
                    {
                        CountFrom(offset);
                    }

                    request.Content = new UploadContent(blob, _label, offset, length, Count);
                    request.Headers.ExpectContinue = isExpected;
                    if (method == HttpMethod.Patch)
                    {
                        // Not the form of RFC 9110: distribution-spec, "Pushing a blob in chunks".
                        request.Content.Headers.TryAddWithoutValidation(
                            "Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{offset + length - 1}"));
                    }
                },
                isOnce: true,
                cancellation).ConfigureAwait(false);
            if (!isExpected || response.StatusCode != HttpStatusCode.ExpectationFailed)
            {
                return response;
            }

            // Some proxies know nothing of it.
            response.Dispose();
            _expects = false;
        }
    }

    // How far it is; lost where the registry does not know.
    private async Task<Answer> FindReceivedAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage response = await client
            .AskAsync(HttpMethod.Get, _session!, null, isOnce: false, cancellation)
            .ConfigureAwait(false);
        if (!response.IsSuccessStatusCode || ReadRange(response) is not { } received || received > blob.Length)
        {
            return new(Step.Lost);
        }

        Moved(response);
        bool isProgress = received > _received;
        _received = received;
        CountFrom(received);
        return new(Step.Received, isProgress);
    }

    // The header Range with an inclusive end: 0-99, or bytes=0-99. 0-0 is a registry's way to say that nothing has come.
    private static long? ReadRange(HttpResponseMessage response)
    {
        string? range = response.Headers.TryGetValues("Range", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        int dash = range?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        return dash >= 0 && long.TryParse(range.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            ? last == 0 ? 0 : last + 1
            : null;
    }

    private void Moved(HttpResponseMessage response) => _session = Location(response) ?? _session;

    // It can be of another host, such as a storage's: that gets no login. What was secret does not become readable.
    private static Uri? Location(HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location)
        {
            return null;
        }

        Uri from = response.RequestMessage!.RequestUri!;
        var target = new Uri(from, location);
        return target.Scheme == Uri.UriSchemeHttps || target.Scheme == from.Scheme
            ? target
            : throw GoCrossException.Create(
                ErrorKind.VerificationFailed,
                nameof(Messages.RegistryRedirectRefused),
                ServerText.Address(from),
                ServerText.Address(target));
    }

    private Uri WithDigest(Uri session) => new(
        $"{session.AbsoluteUri}{(session.Query.Length > 1 ? "&" : "?")}digest={Uri.EscapeDataString(blob.Digest)}");

    private void CheckDigest(HttpResponseMessage response)
    {
        string? stated = response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values)
            ? values.FirstOrDefault()
            : null;
        if (Digests.IsValid(stated) && stated != blob.Digest)
        {
            throw GoCrossException.Create(
                ErrorKind.VerificationFailed, nameof(Messages.RegistryDigestDiffers), _label, stated, blob.Digest);
        }
    }

    private async Task<GoCrossException> RefusedAsync(
        HttpResponseMessage response, long length, CancellationToken cancellation)
    {
        string said = await client.DescribeAsync(response, cancellation).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => GoCrossException.Create(
                ErrorKind.NotFound, nameof(Messages.RegistryRepositoryMissing), client.Name, said, reference.Path),
            HttpStatusCode.MethodNotAllowed => GoCrossException.Create(
                ErrorKind.Unsupported, nameof(Messages.RegistryPushUnsupported), client.Name, said),
            HttpStatusCode.RequestEntityTooLarge => GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.RegistryTooLarge), _label, length, said),
            HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed
                or HttpStatusCode.UnprocessableEntity => GoCrossException.Create(
                ErrorKind.VerificationFailed, nameof(Messages.RegistryBlobRefused), _label, said),
            _ => client.Failure(response, said),
        };
    }

    private GoCrossException Broken(GoCrossException? cause, string reason)
    {
        object[] values = [_label, Math.Max(_received, _counted), blob.Length, ServerText.Clean(reason)];
        return cause is null
            ? GoCrossException.Create(ErrorKind.Unavailable, nameof(Messages.RegistryTransferBroken), values)
            : GoCrossException.Create(cause, ErrorKind.Unavailable, nameof(Messages.RegistryTransferBroken), values);
    }

    // What the registry says is the reason; where it says nothing the transfer broke off.
    private GoCrossException Last(GoCrossException failure) => IsBreak(failure) ? Broken(failure, failure.Message) : failure;

    // A registry that has answered before and does not now may be one that is started again.
    private static bool IsBreak(GoCrossException failure) =>
        failure.ErrorId == nameof(Messages.RegistryUnreachable) || RegistryHttp.IsTransient(failure);

    private static bool IsNoChunks(HttpStatusCode status) => status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
        or HttpStatusCode.BadRequest or HttpStatusCode.LengthRequired or HttpStatusCode.NotImplemented
        or HttpStatusCode.UnsupportedMediaType;

    // One that asks for more than it gets is an error that says so.
    private bool MayWait(HttpResponseMessage response, out TimeSpan? pause)
    {
        pause = RegistryHttp.RetryAfter(response);
        return pause is null || pause <= client.Options.MaxPause;
    }

    private Task PauseAsync(TimeSpan? asked, int attempt, CancellationToken cancellation) =>
        asked is { } pause ? Task.Delay(pause, cancellation) : client.PauseAsync(attempt, cancellation);

    private void Count(int bytes)
    {
        _counted += bytes;
        meter.Add(bytes, blob.Digest);
    }

    private void CountFrom(long position)
    {
        if (position != _counted)
        {
            meter.Add(position - _counted, blob.Digest);
            _counted = position;
        }
    }

    private static void WithNothing(HttpRequestMessage request) => request.Content = new ByteArrayContent([]);

    // What became of a request; with a retry why, and for how long the registry asks to wait.
    private readonly record struct Answer(
        Step Step, bool IsProgress = true, GoCrossException? Failure = null, TimeSpan? Pause = null);
}
