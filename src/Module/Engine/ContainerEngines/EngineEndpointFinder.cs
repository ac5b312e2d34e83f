using System.Security.Cryptography;
using System.Text;
using GoCross.Errors;

namespace GoCross.ContainerEngines;

/// <summary>
/// Finds the engine that the user works with, in the order of the docker command (docs.docker.com, "Docker contexts"):
/// DOCKER_HOST, DOCKER_CONTEXT, the context that docker context use chose, the platform's default.
/// </summary>
public static class EngineEndpointFinder
{
    private const string DefaultContext = "default";
    private const string DockerEndpoint = "docker";

    // docker's default with TLS and no DOCKER_HOST: opts/hosts.go, DefaultTLSHost.
    private const string DefaultTlsAddress = "tcp://localhost:2376";

    /// <summary>Finds the engine by this process's environment and this user's configuration.</summary>
    /// <exception cref="GoCrossException">EngineContextNotFound; DockerConfigurationInvalid; EngineEndpointInvalid.</exception>
    public static EngineEndpoint Find() => Find(DockerConfiguration.DefaultFolder, Environment.GetEnvironmentVariable);

    /// <summary>Finds the engine of a context, by this process's environment and this user's configuration.</summary>
    /// <param name="context">The context's name; default is the engine that there is without one.</param>
    /// <param name="origin">What named it, for an error.</param>
    /// <exception cref="GoCrossException">EngineContextNotFound; DockerConfigurationInvalid; EngineEndpointInvalid.</exception>
    public static EngineEndpoint FindContext(string context, string origin) =>
        FindContext(DockerConfiguration.DefaultFolder, context, origin, Environment.GetEnvironmentVariable);

    /// <summary>The names of the contexts that this user has, the default one first.</summary>
    /// <exception cref="GoCrossException">DockerConfigurationInvalid.</exception>
    public static IReadOnlyList<string> ContextNames() => NamesOf(DockerConfiguration.DefaultFolder);

    /// <summary>Finds the engine of a context.</summary>
    /// <param name="folder">The directory of config.json, contexts and certificates.</param>
    /// <param name="context">The context's name.</param>
    /// <param name="origin">What named it, for an error.</param>
    /// <param name="variable">The environment.</param>
    /// <exception cref="GoCrossException">EngineContextNotFound; DockerConfigurationInvalid; EngineEndpointInvalid.</exception>
    internal static EngineEndpoint FindContext(string folder, string context, string origin, Func<string, string?> variable) =>
        context == DefaultContext
            ? FromEnvironment(folder, NullIfEmpty(variable("DOCKER_HOST")), variable)
            : FromContext(folder, context, origin);

    /// <summary>Finds the engine.</summary>
    /// <param name="folder">The directory of config.json, contexts and certificates.</param>
    /// <param name="variable">The environment.</param>
    /// <exception cref="GoCrossException">EngineContextNotFound; DockerConfigurationInvalid; EngineEndpointInvalid.</exception>
    internal static EngineEndpoint Find(string folder, Func<string, string?> variable)
    {
        string? address = NullIfEmpty(variable("DOCKER_HOST"));
        string? context = address is null ? NullIfEmpty(variable("DOCKER_CONTEXT")) : DefaultContext;
        string origin = "DOCKER_CONTEXT";
        if (context is null)
        {
            context = NullIfEmpty(DockerConfiguration.Read(folder).CurrentContext);
            origin = Path.Combine(folder, "config.json");
        }

        return context is null or DefaultContext
            ? FromEnvironment(folder, address, variable)
            : FromContext(folder, context, origin);
    }

    private static EngineEndpoint FromEnvironment(string folder, string? address, Func<string, string?> variable)
    {
        bool isVerified = !string.IsNullOrEmpty(variable("DOCKER_TLS_VERIFY"));
        bool hasTls = isVerified || !string.IsNullOrEmpty(variable("DOCKER_TLS"));
        return new EngineEndpoint
        {
            Address = Complete(address ?? (hasTls ? DefaultTlsAddress : null), hasTls),
            Origin = address is null ? null : "DOCKER_HOST",
            Tls = hasTls ? TlsOf(NullIfEmpty(variable("DOCKER_CERT_PATH")) ?? folder, !isVerified) : null,
        };
    }

    private static EngineEndpoint FromContext(string folder, string context, string origin)
    {
        // docker's store of contexts calls the directory of one by the hash of its name: cli/context/store.
        string id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(context))).ToLowerInvariant();
        string path = Path.Combine(folder, "contexts", "meta", id, "meta.json");
        ContextDocument document = DockerConfiguration.ReadFile(path, DockerJson.Default.ContextDocument)
            ?? throw GoCrossException.Create(
                ErrorKind.NotFound, nameof(Messages.EngineContextNotFound), context, origin, string.Join(", ", NamesOf(folder)));
        ContextEndpoint? endpoint = document.Endpoints?.GetValueOrDefault(DockerEndpoint);
        string certificates = Path.Combine(folder, "contexts", "tls", id, DockerEndpoint);
        bool hasTls = endpoint?.SkipTlsVerify == true || Directory.Exists(certificates);
        return new EngineEndpoint
        {
            Address = Complete(NullIfEmpty(endpoint?.Host), hasTls),
            Origin = $"the context {context}",
            Tls = hasTls ? TlsOf(certificates, endpoint?.SkipTlsVerify == true) : null,
        };
    }

    // What is not there is not used: docker, cli/flags, SetDefaultOptions.
    private static EngineTls TlsOf(string folder, bool trustsAnybody) => new()
    {
        AuthorityPath = IfThere("ca.pem", folder),
        CertificatePath = IfThere("cert.pem", folder),
        KeyPath = IfThere("key.pem", folder),
        TrustsAnybody = trustsAnybody,
    };

    // host and host:port mean TCP; a port that is left out is Docker's (IANA: 2375, and 2376 with TLS).
    private static string? Complete(string? address, bool hasTls)
    {
        if (address is null)
        {
            return null;
        }

        string full = address.Contains("://", StringComparison.Ordinal) ? address : "tcp://" + address;
        return full.StartsWith("tcp://", StringComparison.Ordinal)
            && Uri.TryCreate(full, UriKind.Absolute, out Uri? uri) && uri.Port < 0
                ? new UriBuilder(uri) { Port = hasTls ? 2376 : 2375 }.Uri.ToString()
                : full;
    }

    private static string[] NamesOf(string folder)
    {
        string root = Path.Combine(folder, "contexts", "meta");
        string[] names = !Directory.Exists(root) ? [] :
        [
            .. Directory.EnumerateDirectories(root)
                .Select(entry => DockerConfiguration.ReadFile(Path.Combine(entry, "meta.json"), DockerJson.Default.ContextDocument)?.Name)
                .OfType<string>()
                .Order(StringComparer.Ordinal),
        ];
        return [DefaultContext, .. names];
    }

    private static string? IfThere(string name, string folder)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? path : null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
