using System.Security.Cryptography.X509Certificates;
using Docker.DotNet;
using GoCross.Certificates;
using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Isolated;

/// <summary>Connects to Docker Engine, or to anything that speaks its API.</summary>
internal static class DockerEngineFactory
{
    /// <inheritdoc cref="IIsolatedLibraries.Connect"/>
    internal static IContainerEngine Connect(EngineEndpoint endpoint)
    {
        string address = endpoint.Address
            ?? (OperatingSystem.IsWindows() ? "npipe://./pipe/docker_engine" : "unix:///var/run/docker.sock");
        string name = endpoint.Origin is null ? address : $"{address} ({endpoint.Origin})";
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || !IsKnown(uri))
        {
            throw uri?.Scheme == "ssh"
                ? GoCrossException.Create(
                    ErrorKind.Unsupported, nameof(Messages.EngineSshNotSupported), name, uri.Authority)
                : GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.EngineEndpointInvalid), name);
        }

        // npipe:////./pipe/NAME is how Docker writes it, and npipe://./pipe/NAME how the client reads it.
        uri = uri.Scheme == "npipe" ? new Uri(address.Replace("npipe:////", "npipe://", StringComparison.Ordinal)) : uri;
        ServerTrust? trust = endpoint.Tls is null ? null : TrustOf(endpoint.Tls);
        X509Certificate2? certificate = endpoint.Tls is null ? null : CertificateOf(endpoint.Tls);
        EngineCredentials? credentials = uri.Scheme == "npipe" ? null : new EngineCredentials(uri, trust, certificate);

        // Each call has its own timeout, and some have none.
        var configuration = new DockerClientConfiguration(
            uri, credentials, defaultTimeout: Timeout.InfiniteTimeSpan, namedPipeConnectTimeout: EngineHandler.PipeTimeout);
        return new DockerEngine(
            configuration.CreateClient(),
            new EngineStreams(EngineHandler.Create(uri, trust, certificate), uri, trust is not null),
            new EngineCalls(name, trust),
            isLocal: uri.Scheme == "unix" && OperatingSystem.IsLinux(),
            remoteHost: uri.Scheme is "unix" or "npipe" || uri.IsLoopback ? null : uri.IdnHost);
    }

    private static bool IsKnown(Uri uri) => uri.Scheme switch
    {
        "unix" or "npipe" => uri.LocalPath.Length > 1,
        "tcp" or "http" or "https" => uri.Host.Length > 0,
        _ => false,
    };

    // As docker has it: the authorities that are given are the only ones.
    private static ServerTrust TrustOf(EngineTls tls) => tls.TrustsAnybody ? ServerTrust.Anybody()
        : tls.AuthorityPath is null ? ServerTrust.SystemAnd([])
        : ServerTrust.Only(CertificateFiles.ReadAuthorities(tls.AuthorityPath));

    private static X509Certificate2? CertificateOf(EngineTls tls) => tls is { CertificatePath: { } certificate, KeyPath: { } key }
        ? CertificateFiles.ReadClient(certificate, key)
        : null;
}
