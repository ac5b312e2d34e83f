using System.Net;
using GoCross.ContainerEngines;
using GoCross.Http;

namespace GoCross.Registries;

/// <summary>Where the settings for registries are on this machine, and how long connections are waited for.</summary>
internal sealed record RegistryOptions
{
    /// <summary>The directory of Docker's config.json, which has the logins.</summary>
    internal required string ConfigurationFolder { get; init; }

    /// <summary>
    /// Directories that have one of the name HOST:PORT with the CA certificates (*.crt) of a registry and this client's own
    /// (*.cert, *.key): dockerd, "Verify repository client with certificates", and containers-certs.d(5).
    /// </summary>
    internal required IReadOnlyList<string> CertificateFolders { get; init; }

    /// <summary>The files of dockerd's configuration, whose insecure-registries are those that the user has allowed to be.</summary>
    internal required IReadOnlyList<string> DaemonConfigurations { get; init; }

    /// <summary>
    /// The bytes of a chunk in which larger blobs are sent. Docker Hub's and many others' storage (S3) puts parts of less
    /// than 5 MiB together again by copying.
    /// </summary>
    internal const int DefaultChunkBytes = 16 << 20;

    /// <summary>How long a connection may take to come about.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a registry may take to begin its answer, and within it to send more.</summary>
    internal TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a registry may take to store what it was sent.</summary>
    internal TimeSpan StoreTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The bytes of a chunk in which larger blobs are sent. A registry may ask for more, or take only less.</summary>
    internal int ChunkBytes { get; init; } = DefaultChunkBytes;

    /// <summary>How often a request is tried that fails for reasons that pass.</summary>
    internal int Attempts { get; init; } = 5;

    /// <summary>The pause before the second attempt; each that follows is twice as long.</summary>
    internal TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause that a registry may ask for. One that asks for more is an error that says so.</summary>
    internal TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tells from how far away an address is reached.</summary>
    internal Func<IPAddress, AddressReach> ReachOf { get; init; } = AddressReaches.Of;

    /// <summary>The options of this user on this machine.</summary>
    internal static RegistryOptions FromEnvironment()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string programData = Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData);
        string configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(home, ".config");
        string docker = DockerConfiguration.DefaultFolder;
        return new RegistryOptions
        {
            ConfigurationFolder = docker,

            // The user's before the machine's: rootless Docker, Docker Desktop, podman and skopeo.
            CertificateFolders =
            [
                Path.Combine(docker, "certs.d"),
                Path.Combine(configuration, "docker", "certs.d"),
                Path.Combine(configuration, "containers", "certs.d"),
                .. OperatingSystem.IsWindows()
                    ? [Path.Combine(programData, "docker", "certs.d")]
                    : (string[])["/etc/docker/certs.d", "/etc/containers/certs.d"],
            ],
            DaemonConfigurations =
            [
                Path.Combine(docker, "daemon.json"),
                Path.Combine(configuration, "docker", "daemon.json"),
                OperatingSystem.IsWindows()
                    ? Path.Combine(programData, "docker", "config", "daemon.json")
                    : "/etc/docker/daemon.json",
            ],
        };
    }
}
