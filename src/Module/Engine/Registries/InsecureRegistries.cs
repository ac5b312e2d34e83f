using System.Net;
using GoCross.ContainerEngines;

namespace GoCross.Registries;

/// <summary>
/// The registries that the user has allowed to be without TLS, or with a certificate that nobody vouches for: dockerd's
/// insecure-registries.
/// </summary>
internal sealed class InsecureRegistries
{
    private readonly IReadOnlyList<string> _entries;

    private InsecureRegistries(IReadOnlyList<string> entries) => _entries = entries;

    /// <summary>Reads the files that there are.</summary>
    /// <exception cref="Errors.GoCrossException">DockerConfigurationInvalid.</exception>
    internal static InsecureRegistries Read(IEnumerable<string> files) => new(
    [
        .. files.SelectMany(file =>
            DockerConfiguration.ReadFile(file, DockerJson.Default.DaemonConfiguration)?.InsecureRegistries ?? [])
            .OfType<string>(),
    ]);

    /// <summary>Whether a registry is one of them: by its host, its host and port, or a network that has its address.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="host">The host and port as they were written.</param>
    internal bool Contains(Uri address, string host) => _entries.Any(entry =>
        string.Equals(entry, host, StringComparison.OrdinalIgnoreCase)
        || string.Equals(entry, address.Host, StringComparison.OrdinalIgnoreCase)
        || (IPNetwork.TryParse(entry, out IPNetwork network)
            && IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip)
            && network.Contains(ip)));
}
