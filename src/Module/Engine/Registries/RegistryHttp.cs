using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using GoCross.Certificates;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Http;

namespace GoCross.Registries;

/// <summary>
/// HTTP as registries need it: each wait is bounded, what fails for reasons that pass is tried again, a redirect to another
/// host does not get what this one was given, and no other host that is nearer to this machine than the registry gets more
/// than a request to read.
/// </summary>
internal sealed class RegistryHttp : IDisposable
{
    private const int MaxRedirects = 10;
    private const int MaxErrorBytes = 64 << 10;

    /// <summary>Marks a request whose answer goes on to the registry, as a token does.</summary>
    internal static readonly HttpRequestOptionsKey<bool> IsPassedOn = new("GoCross.IsPassedOn");

    private readonly RegistryOptions _options;
    private readonly ServerTrust _trust;
    private readonly HttpClient _client;
    private readonly Uri _registry;

    // By the name of the host: how near the address was that it was last connected to.
    private readonly ConcurrentDictionary<string, AddressReach> _connected = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Prepares connections. Nothing is sent.</summary>
    /// <param name="registry">The registry's address: the client's certificate is for its host.</param>
    /// <param name="trust">Whose certificates are accepted.</param>
    /// <param name="certificate">This client's own certificate; null for none.</param>
    /// <param name="options">How long it waits, and how often it tries.</param>
    internal RegistryHttp(
        Uri registry, ServerTrust trust, X509Certificate2? certificate, RegistryOptions options)
    {
        _registry = registry;
        _options = options;
        _trust = trust;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            UseCookies = false,
            UseProxy = !registry.IsLoopback,
            ConnectCallback = ConnectAsync,
            PlaintextStreamFilter = AnswerFirstStream.FilterAsync,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trust.Validate },
        };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback =
                (_, target, _, _, _) => string.Equals(target, registry.Host, StringComparison.OrdinalIgnoreCase) ? certificate : null!;
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue(Product.Name, Product.Version));
    }

    /// <summary>Sends a request, follows redirects, and tries again what fails for reasons that pass.</summary>
    /// <param name="make">Makes the request. Called for each attempt.</param>
    /// <param name="cancellation">Ends it, and each pause.</param>
    /// <returns>The answer's head, of any status; its body is still to be read. The caller disposes it.</returns>
    /// <exception cref="GoCrossException">
    /// RegistryUnreachable; RegistryCertificateRefused; RegistryStalled; RegistryRedirects; RegistryRedirectRefused;
    /// RegistryAddressRefused.
    /// </exception>
    internal async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan pause = PauseAfter(attempt);
            try
            {
                HttpResponseMessage response = await FollowAsync(make, cancellation).ConfigureAwait(false);
                if (!IsTransient(response.StatusCode) || attempt >= _options.Attempts)
                {
                    return response;
                }

                if (RetryAfter(response) is { } asked)
                {
                    if (asked > _options.MaxPause)
                    {
                        return response;
                    }

                    pause = asked;
                }

                response.Dispose();
            }
            catch (GoCrossException e) when (attempt < _options.Attempts && IsTransient(e))
            {
                // A connection that was reset or stayed silent.
            }

            await Task.Delay(pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request once, and follows no redirect.</summary>
    /// <exception cref="GoCrossException">
    /// RegistryUnreachable; RegistryCertificateRefused; RegistryStalled; RegistryAddressRefused; what reading an
    /// <see cref="UploadContent"/> throws.
    /// </exception>
    internal async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        RequireReach(request);
        string address = ServerText.Address(request.RequestUri!);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        TimeSpan limit = _options.AnswerTimeout;
        if (request.Content is UploadContent upload)
        {
            // As long as something goes out the registry is there. Then it may have to hash what came.
            limit = _options.StoreTimeout;
            upload.OnWaiting = () => deadline.CancelAfter(_options.AnswerTimeout);
            upload.OnEnd = () => deadline.CancelAfter(_options.StoreTimeout);
        }

        deadline.CancelAfter(limit);
        try
        {
            return await _client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            // HttpClient says so, too, when no connection comes about in time.
            throw e.InnerException is TimeoutException timeout
                ? Unreachable(timeout, address, timeout.Message)
                : GoCrossException.Create(
                    e, ErrorKind.Unavailable, nameof(Messages.RegistryStalled), address, limit.TotalSeconds);
        }
        catch (HttpRequestException e) when (e.InnerException is GoCrossException own)
        {
            // What is wrong with the source of an upload is not the registry's fault.
            throw own;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } && _trust.Refusal is { } refusal
                ? GoCrossException.Create(
                    e, ErrorKind.VerificationFailed, nameof(Messages.RegistryCertificateRefused), address, refusal)
                : Unreachable(e, address, e.GetBaseException().Message);
        }
    }

    /// <summary>Sends a request once, and follows redirects.</summary>
    /// <param name="make">Makes the request. Called for each place that it is sent to.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">As <see cref="SendAsync"/>.</exception>
    internal async Task<HttpResponseMessage> FollowAsync(Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        Uri? target = null;
        for (int hops = 0; ; hops++)
        {
            using HttpRequestMessage request = make();
            Uri origin = request.RequestUri!;
            if (target is not null)
            {
                request.RequestUri = target;
                if (!IsSameServer(origin, target))
                {
                    request.Headers.Authorization = null;
                }
            }

            HttpResponseMessage response = await SendOnceAsync(request, cancellation).ConfigureAwait(false);

            // The others ask for the method to become GET, or leave it open.
            bool isFollowed = IsRedirect(response.StatusCode)
                && response.Headers.Location is not null
                && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head
                    || response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect);
            if (!isFollowed)
            {
                return response;
            }

            Uri from = request.RequestUri!;
            using (response)
            {
                target = new Uri(from, response.Headers.Location!);
            }

            if (hops == MaxRedirects)
            {
                throw GoCrossException.Create(
                    ErrorKind.LimitExceeded,
                    nameof(Messages.RegistryRedirects),
                    ServerText.Address(origin),
                    MaxRedirects.ToString(CultureInfo.InvariantCulture));
            }

            if (target.Scheme != Uri.UriSchemeHttps && target.Scheme != from.Scheme)
            {
                throw GoCrossException.Create(
                    ErrorKind.VerificationFailed,
                    nameof(Messages.RegistryRedirectRefused),
                    ServerText.Address(from),
                    ServerText.Address(target));
            }
        }
    }

    /// <summary>Reads a body that is bounded.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The body; null where it has more bytes.</returns>
    /// <exception cref="GoCrossException">RegistryStalled; RegistryUnreachable: the connection broke.</exception>
    internal async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, int limit, CancellationToken cancellation)
    {
        string address = ServerText.Address(response.RequestMessage!.RequestUri!);
        using var body = new MemoryStream();
        byte[] buffer = new byte[32 << 10];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            // For the whole body, not for each part of it: a megabyte that comes in drops is not a registry.
            deadline.CancelAfter(_options.AnswerTimeout);
            Stream stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            int read;
            while ((read = await stream.ReadAsync(buffer, deadline.Token).ConfigureAwait(false)) > 0)
            {
                if (body.Length + read > limit)
                {
                    return null;
                }

                body.Write(buffer, 0, read);
            }

            return body.ToArray();
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw GoCrossException.Create(
                e, ErrorKind.Unavailable, nameof(Messages.RegistryStalled), address, _options.AnswerTimeout.TotalSeconds);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e, address, e.GetBaseException().Message);
        }
    }

    /// <summary>What a failed answer says, in one line.</summary>
    internal async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        byte[]? body = null;
        try
        {
            body = await ReadBodyAsync(response, MaxErrorBytes, cancellation).ConfigureAwait(false);
        }
        catch (GoCrossException)
        {
            // The status is known, and enough.
        }

        return ServerText.Describe(response.StatusCode, body);
    }

    /// <summary>How long a server asks to wait; null where it does not say.</summary>
    internal static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? asked = response.Headers.RetryAfter is { } header
            ? header.Delta ?? header.Date - DateTimeOffset.UtcNow
            : null;
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    /// <summary>Whether an address is of the same server as another: scheme, host and port.</summary>
    internal static bool IsSameServer(Uri first, Uri second) =>
        Uri.Compare(first, second, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>How long to wait before the attempt after this one.</summary>
    internal TimeSpan PauseAfter(int attempt)
    {
        // Layers are read side by side: they should not all come back at the same moment.
        double factor = Math.Pow(2, attempt - 1) * (0.75 + (Random.Shared.NextDouble() / 2));
        return TimeSpan.FromTicks(Math.Min((long)(_options.FirstPause.Ticks * factor), _options.MaxPause.Ticks));
    }

    /// <summary>Whether an answer may be another one when it is asked for again.</summary>
    internal static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout
        or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>
    /// Whether a failure may pass. Not what will be the same in a second: no such host, nobody listening, no trusted
    /// certificate.
    /// </summary>
    internal static bool IsTransient(GoCrossException failure) => failure.ErrorId == nameof(Messages.RegistryStalled)
        || (failure.ErrorId == nameof(Messages.RegistryUnreachable)
            && failure.InnerException is not (TimeoutException or HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
            }));

    // As .NET itself connects; only here a name has become an address.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation).ConfigureAwait(false);
            IPAddress address = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            _connected[context.DnsEndPoint.Host] = _options.ReachOf(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
            RequireReach(context.InitialRequestMessage);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A registry says where uploads go, where tokens are given and where things have moved to. What is only read does no
    // harm there, and is verified; all else would have this machine act for the registry where that cannot reach itself.
    private void RequireReach(HttpRequestMessage request)
    {
        Uri target = request.RequestUri!;
        bool isReading = (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head)
            && request.Headers.Authorization is null
            && !request.Options.TryGetValue(IsPassedOn, out _);
        if (isReading
            || string.Equals(target.IdnHost, _registry.IdnHost, StringComparison.OrdinalIgnoreCase)
            || ReachOf(target) <= ReachOf(_registry))
        {
            return;
        }

        throw GoCrossException.Create(
            ErrorKind.VerificationFailed,
            nameof(Messages.RegistryAddressRefused),
            ServerText.Address(_registry),
            ServerText.Address(target));
    }

    // Where a proxy connects, the address is not known here, and only what is written as one is judged.
    private AddressReach ReachOf(Uri uri) =>
        AddressReaches.AddressOf(uri) is { } address ? _options.ReachOf(address) : _connected.GetValueOrDefault(uri.IdnHost);

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently
        or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static GoCrossException Unreachable(Exception cause, string address, string reason) => GoCrossException.Create(
        cause, ErrorKind.Unavailable, nameof(Messages.RegistryUnreachable), address, ServerText.Clean(reason));
}
