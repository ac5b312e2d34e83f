using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using GoCross.Certificates;
using GoCross.Http;

namespace GoCross.Isolated;

/// <summary>Makes .NET's own connections to an engine: a socket, a named pipe, or a port with or without TLS.</summary>
internal static class EngineHandler
{
    /// <summary>How long a named pipe whose server is busy is waited for.</summary>
    internal static readonly TimeSpan PipeTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Makes a handler of HTTP.</summary>
    /// <param name="endpoint">Where the engine listens: unix, npipe, tcp, http or https.</param>
    /// <param name="trust">Whose certificates are accepted; null for a connection without TLS, or the system's with https.</param>
    /// <param name="certificate">This client's own; null for none.</param>
    internal static SocketsHttpHandler Create(Uri endpoint, ServerTrust? trust, X509Certificate2? certificate)
    {
        bool isLocal = endpoint.Scheme is "unix" or "npipe";
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            UseCookies = false,
            UseProxy = !isLocal && !endpoint.IsLoopback,
            PlaintextStreamFilter = AnswerFirstStream.FilterAsync,
        };
        if (isLocal)
        {
            handler.ConnectCallback = endpoint.Scheme == "unix"
                ? (_, cancellation) => ConnectSocketAsync(endpoint.LocalPath, cancellation)
                : (_, cancellation) => ConnectPipeAsync(endpoint, cancellation);
        }

        if (trust is not null)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trust.Validate };
            if (certificate is not null)
            {
                handler.SslOptions.ClientCertificates = [certificate];
            }
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectSocketAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // npipe://./pipe/NAME
    private static async ValueTask<Stream> ConnectPipeAsync(Uri endpoint, CancellationToken cancellation)
    {
        var pipe = new NamedPipeClientStream(
            endpoint.Host == "localhost" ? "." : endpoint.Host, endpoint.Segments[^1], PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync((int)PipeTimeout.TotalMilliseconds, cancellation).ConfigureAwait(false);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
