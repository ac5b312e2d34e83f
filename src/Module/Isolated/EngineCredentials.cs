using System.Security.Cryptography.X509Certificates;
using Docker.DotNet;
using GoCross.Certificates;

namespace GoCross.Isolated;

/// <summary>
/// Gives the client .NET's own connections: those that it brings know no TLS 1.3 and cannot be cancelled while they come
/// about.
/// </summary>
/// <param name="endpoint">Where the engine listens: unix, tcp, http or https.</param>
/// <param name="trust">Whose certificates are accepted; null for a connection without TLS, or the system's with https.</param>
/// <param name="certificate">This client's own; null for none. Disposed with this.</param>
internal sealed class EngineCredentials(Uri endpoint, ServerTrust? trust, X509Certificate2? certificate) : Credentials
{
    /// <inheritdoc/>
    public override bool IsTlsCredentials() => trust is not null;

    /// <inheritdoc/>
    public override HttpMessageHandler GetHandler(HttpMessageHandler innerHandler)
    {
        innerHandler.Dispose();
        return EngineHandler.Create(endpoint, trust, certificate);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        certificate?.Dispose();
        base.Dispose();
    }
}
