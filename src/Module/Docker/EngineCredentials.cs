using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet;
using GoCross.Certificates;

namespace GoCross.Docker;

/// <summary>
/// Gives the client .NET's own connections: those that it brings know no TLS 1.3 and cannot be cancelled while they come
/// about.
/// </summary>
/// <param name="endpoint">Where the engine listens: unix, tcp, http or https.</param>
/// <param name="trust">Whose certificates are accepted; null for a connection without TLS, or the system's with https.</param>
/// <param name="certificate">This client's own; null for none. Disposed with this.</param>
internal sealed class EngineCredentials(Uri endpoint, ServerTrust? trust, X509Certificate2? certificate) : Credentials
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public override bool IsTlsCredentials() => trust is not null;

    /// <inheritdoc/>
    public override HttpMessageHandler GetHandler(HttpMessageHandler innerHandler)
    {
        innerHandler.Dispose();
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectPatience,
            UseCookies = false,
            UseProxy = endpoint.Scheme != "unix" && !endpoint.IsLoopback,
        };
        if (endpoint.Scheme == "unix")
        {
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(endpoint.LocalPath, cancellation);
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

    /// <inheritdoc/>
    public override void Dispose()
    {
        certificate?.Dispose();
        base.Dispose();
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
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
}
