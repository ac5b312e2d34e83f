using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Processes;

namespace GoCross.Runs;

/// <summary>Waits until a server is ready. It asks all the time at first, and less often the longer that takes.</summary>
/// <param name="readiness">What is waited for.</param>
/// <param name="network">Where the server listens.</param>
/// <param name="captures">What the server writes.</param>
internal sealed class ReadinessProbe(Readiness readiness, IServerNetwork network, params OutputCapture[] captures) : IDisposable
{
    /// <summary>The most bytes of an answer that are kept.</summary>
    internal const int ResponseLimit = 64 * 1024;

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long one answer is waited for: a server that is starting may accept and not answer yet.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient? _http = readiness.Url is null ? null : CreateClient(network, readiness.Url);

    /// <summary>How long it asks without any pause: for those who measure to less than a millisecond. It takes a processor.</summary>
    internal TimeSpan Unpaused { get; init; }

    /// <summary>What is still missing, for the message where it never gets ready.</summary>
    internal string Missing { get; private set; } = string.Empty;

    /// <summary>Waits.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="GoCrossException">The server's network cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal async Task<ReadyServer> WaitAsync(CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await TryAsync(cancellation).ConfigureAwait(false) is { } ready)
            {
                return ready;
            }

            // A hundredth of the time that it has taken: the time to readiness is right to a percent, or a millisecond.
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            if (elapsed < Unpaused)
            {
                Thread.Yield();
                continue;
            }

            TimeSpan pause = elapsed / 100;
            await Task.Delay(pause < MinPause ? MinPause : pause > MaxPause ? MaxPause : pause, cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The first port that somebody else listens at already; null where there is none.</summary>
    /// <param name="cancellation">Ends the attempts.</param>
    internal async Task<int?> FindTakenPortAsync(CancellationToken cancellation)
    {
        foreach (int port in readiness.Ports)
        {
            string? host = port == readiness.Url?.Port ? readiness.Url.Host : null;
            if (await network.TryConnectAsync(host, port, cancellation).ConfigureAwait(false) is { } taken)
            {
                await taken.DisposeAsync().ConfigureAwait(false);
                return port;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _http?.Dispose();

    private async Task<ReadyServer?> TryAsync(CancellationToken cancellation)
    {
        if (readiness.Pattern is { } pattern && !Array.Exists(captures, capture => IsMatch(pattern, capture)))
        {
            Missing = TextFormat.Fill(Texts.RunUnmatched, pattern);
            return null;
        }

        if (readiness.Port is { } port)
        {
            if (await network.TryConnectAsync(null, port, cancellation).ConfigureAwait(false) is not { } stream)
            {
                Missing = TextFormat.Fill(Texts.RunNobodyListens, port);
                return null;
            }

            await stream.DisposeAsync().ConfigureAwait(false);
        }

        return readiness.Url is { } url
            ? await TryGetAsync(url, cancellation).ConfigureAwait(false)
            : new ReadyServer(Stopwatch.GetTimestamp(), null, null);
    }

    private static bool IsMatch(Regex pattern, OutputCapture capture)
    {
        try
        {
            return pattern.IsMatch(capture.ToString());
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private async Task<ReadyServer?> TryGetAsync(Uri url, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ResponseTimeout);
        try
        {
            using HttpResponseMessage response = await _http!
                .GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            long answered = Stopwatch.GetTimestamp();
            if ((int)response.StatusCode is < 200 or >= 400)
            {
                Missing = TextFormat.Fill(Texts.RunWrongStatus, url, (int)response.StatusCode);
                return null;
            }

            string body = await ReadAsync(response.Content, limit.Token).ConfigureAwait(false);
            return new ReadyServer(answered, (int)response.StatusCode, body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            if (e is HttpRequestException { InnerException: GoCrossException unreachable })
            {
                throw unreachable;
            }

            Missing = e is OperationCanceledException
                ? TextFormat.Fill(Texts.RunNoAnswer, url, ResponseTimeout.TotalSeconds)
                : TextFormat.Fill(Texts.RunNoConnection, url, e.InnerException?.Message ?? e.Message);
            return null;
        }
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        Stream stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] buffer = new byte[ResponseLimit];
            int count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
    }

    // Straight to the server, whatever proxies are set; where it sends one on to is an answer, too.
    private static HttpClient CreateClient(IServerNetwork network, Uri url) => new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = async (_, cancellation) =>
                await network.TryConnectAsync(url.Host, url.Port, cancellation).ConfigureAwait(false)
                    ?? throw new HttpRequestException(TextFormat.Fill(Texts.RunNobodyListens, url.Port)),
        },
        disposeHandler: true)
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
