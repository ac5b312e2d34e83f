using Docker.DotNet;
using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Docker;

/// <summary>Connects to Docker Engine, or to anything that speaks its API. Made by name from the module's bridge.</summary>
public sealed class DockerEngineFactory : IContainerEngineFactory
{
    /// <inheritdoc/>
    public IContainerEngine Connect(string? endpoint)
    {
        if (string.IsNullOrEmpty(endpoint))
        {
            // Docker.DotNet knows each platform's default: the named pipe on Windows, /var/run/docker.sock elsewhere.
            var defaults = new DockerClientConfiguration();
            return new DockerEngine(defaults.CreateClient(), defaults.EndpointBaseUri.ToString());
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("unix" or "npipe" or "tcp" or "http" or "https"))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.EngineEndpointInvalid), endpoint);
        }

        return new DockerEngine(new DockerClientConfiguration(uri).CreateClient(), endpoint);
    }
}
