using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GoCross.Tests;

/// <summary>
/// A server of HTTP on this machine that answers as the test says, byte by byte if need be: a connection is one request.
/// </summary>
public sealed class TestServer : IAsyncDisposable, IDisposable
{
    private readonly TcpListener? _tcp;
    private readonly Socket _listener;
    private readonly X509Certificate2? _certificate;
    private readonly bool _wantsClient;
    private readonly Func<TestCall, Task> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <summary>Listens at a port of 127.0.0.1.</summary>
    /// <param name="answer">Answers a request.</param>
    /// <param name="certificate">The server's certificate; null for no TLS.</param>
    /// <param name="wantsClient">Whether the client has to have a certificate of its own, of any maker.</param>
    /// <param name="address">Where it listens; null for 127.0.0.1.</param>
    public TestServer(
        Func<TestCall, Task> answer, X509Certificate2? certificate = null, bool wantsClient = false, IPAddress? address = null)
    {
        _wantsClient = wantsClient;
        _answer = answer;
        _certificate = certificate;
        _tcp = new TcpListener(address ?? IPAddress.Loopback, 0);
        _tcp.Start();
        _listener = _tcp.Server;
        _accepting = AcceptAsync();
    }

    /// <summary>Listens at a socket.</summary>
    public TestServer(string socketPath, Func<TestCall, Task> answer)
    {
        _answer = answer;
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The port.</summary>
    public string Port => ((IPEndPoint)_listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>127.0.0.1 and the port.</summary>
    public string Authority => $"127.0.0.1:{Port}";

    /// <summary>The requests, in the order in which they came.</summary>
    public ConcurrentQueue<TestCall> Calls { get; } = new();

    /// <summary>The methods and paths of the requests that were made, sorted.</summary>
    public string[] Requests => [.. Calls.Select(call => $"{call.Method} {call.Path}").Order(StringComparer.Ordinal)];

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    // The source of the stop has no timer and nothing to dispose of, and answers may still look at it.
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _tcp?.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => ServeAsync(socket));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using Stream stream = new NetworkStream(socket, ownsSocket: true);
            Stream talk = stream;
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificate = _certificate,
                        ClientCertificateRequired = _wantsClient,
                        RemoteCertificateValidationCallback = (_, client, _, _) => !_wantsClient || client is not null,
                    },
                    _stop.Token);
                talk = tls;
            }

            await using (talk)
            {
                if (await TestCall.ReadAsync(talk, _stop.Token) is { } call)
                {
                    Calls.Enqueue(call);
                    await _answer(call);
                    await talk.FlushAsync();
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone away, or speaks TLS to a server that does not.
        }
    }
}

/// <summary>A request, and the connection to answer it on.</summary>
public sealed class TestCall
{
    private int _left;

    private TestCall(Stream stream, string method, string path, Dictionary<string, string> headers, CancellationToken stop)
    {
        Stream = stream;
        Method = method;
        Path = path;
        Headers = headers;
        Stopped = stop;
        _left = headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0;
    }

    public Stream Stream { get; }

    public string Method { get; }

    /// <summary>The path with the query.</summary>
    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The body; of PUT and PATCH it is empty, and whoever answers receives it, or does not.</summary>
    public string Body { get; private set; } = "";

    /// <summary>Ends what waits when the server is disposed of.</summary>
    public CancellationToken Stopped { get; }

    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    /// <summary>Receives the body, or its beginning.</summary>
    public async Task<byte[]> ReceiveAsync(int most = int.MaxValue)
    {
        if (Headers.ContainsKey("Expect"))
        {
            await Stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), Stopped);
        }

        byte[] body = new byte[Math.Min(_left, most)];
        await Stream.ReadExactlyAsync(body, Stopped);
        _left -= body.Length;
        return body;
    }

    /// <summary>Answers whole.</summary>
    public async Task RespondAsync(int status, byte[] body, params string[] headers)
    {
        await HeadAsync(status, [.. headers, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}")]);
        if (Method != "HEAD")
        {
            await Stream.WriteAsync(body, Stopped);
        }
    }

    /// <summary>Answers whole.</summary>
    public Task RespondAsync(int status, string body = "", params string[] headers) =>
        RespondAsync(status, Encoding.UTF8.GetBytes(body), headers);

    /// <summary>Writes the head of an answer alone.</summary>
    public async Task HeadAsync(int status, params string[] headers) => await Stream.WriteAsync(
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Status\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"),
        Stopped);

    internal static async Task<TestCall?> ReadAsync(Stream stream, CancellationToken stop)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (head.Count > 65536 || await stream.ReadAsync(one, stop) == 0 || (head.Count == 0 && one[0] is not (>= (byte)'A' and <= (byte)'Z')))
            {
                return null;
            }

            head.Add(one[0]);
        }

        string[] lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        var headers = lines.Skip(1).ToDictionary(line => line[..line.IndexOf(':')], line => line[(line.IndexOf(':') + 1)..].Trim(), StringComparer.OrdinalIgnoreCase);
        var call = new TestCall(stream, first[0], first[1], headers, stop);
        if (call.Method is not ("PUT" or "PATCH"))
        {
            call.Body = Encoding.UTF8.GetString(await call.ReceiveAsync());
        }

        return call;
    }
}
