using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using System.Text;
using Docker.DotNet;
using GoCross.Errors;
using GoCross.Http;
using Newtonsoft.Json;

namespace GoCross.Isolated;

/// <summary>
/// The calls of the Docker Engine API that Docker.DotNet can only make over connections of its own, which
/// <see cref="EngineCredentials"/> does without: those that turn the connection into a stream (API reference, "Attach to a
/// container", Hijacking), and uploads that take longer than its limit.
/// </summary>
/// <param name="handler">The connections. Disposed with this.</param>
/// <param name="endpoint">Where the engine listens.</param>
/// <param name="hasTls">Whether they are with TLS.</param>
internal sealed class EngineStreams(HttpMessageHandler handler, Uri endpoint, bool hasTls) : IDisposable
{
    private readonly HttpClient _http = new(handler)
    {
        BaseAddress = endpoint.Scheme is "unix" or "npipe"
            ? new Uri("http://docker/")
            : new UriBuilder(endpoint) { Scheme = hasTls || endpoint.Scheme == "https" ? "https" : "http" }.Uri,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Makes a call whose connection becomes a stream of the container's.</summary>
    /// <param name="path">The call, relative to the engine's address.</param>
    /// <param name="body">What is sent, in JSON; null for nothing.</param>
    /// <param name="cancellation">Ends the call, not the stream.</param>
    /// <exception cref="DockerApiException">The engine refused.</exception>
    internal async Task<Stream> UpgradeAsync(string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("tcp"));
        if (body is not null)
        {
            request.Content = new StringContent(JsonConvert.SerializeObject(body), Encoding.UTF8, "application/json");
        }

        HttpResponseMessage response = await _http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.SwitchingProtocols or HttpStatusCode.OK)
        {
            // The stream is the connection; disposing it ends both.
            return await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        }

        using (response)
        {
            throw await RefusalAsync(response, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks for something that is read as it comes.</summary>
    /// <param name="path">The call, relative to the engine's address.</param>
    /// <param name="cancellation">Ends the call, not the stream.</param>
    /// <exception cref="DockerApiException">The engine refused.</exception>
    internal async Task<Stream> OpenAsync(string path, CancellationToken cancellation)
    {
        HttpResponseMessage response = await _http
            .GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        }

        using (response)
        {
            throw await RefusalAsync(response, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a tar archive.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The call, relative to the engine's address.</param>
    /// <param name="write">Writes the archive.</param>
    /// <param name="onLine">Gets each line of the answer; null where nothing is said.</param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <exception cref="DockerApiException">The engine refused.</exception>
    internal async Task SendAsync(
        HttpMethod method,
        string path,
        Func<Stream, CancellationToken, Task> write,
        Action<string>? onLine,
        CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ArchiveContent(write) };

        // What the engine refuses by the address alone is refused before anything is sent.
        request.Headers.ExpectContinue = true;
        try
        {
            using HttpResponseMessage response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
                .ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusalAsync(response, cancellation).ConfigureAwait(false);
            }

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
            while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
            {
                onLine?.Invoke(line);
            }
        }
        catch (HttpRequestException e) when (e.InnerException is GoCrossException own)
        {
            // What is wrong with the archive's source is not the engine's fault.
            ExceptionDispatchInfo.Throw(own);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<DockerApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        new(response.StatusCode, await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));

    /// <summary>An archive that is written as it is sent, in chunks: its length is not known before.</summary>
    private sealed class ArchiveContent : HttpContent
    {
        private readonly Func<Stream, CancellationToken, Task> _write;

        internal ArchiveContent(Func<Stream, CancellationToken, Task> write)
        {
            _write = write;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var archive = new ArchiveStream(stream, PeerCloseWatch.Start());
            try
            {
                await _write(archive, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException) when (archive.HasPeerClosed)
            {
                // Why, the answer tells.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
