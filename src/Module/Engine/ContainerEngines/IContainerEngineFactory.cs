namespace GoCross.ContainerEngines;

/// <summary>Makes connections to container engines.</summary>
public interface IContainerEngineFactory
{
    /// <summary>Prepares a connection. Nothing is sent before the first call.</summary>
    /// <param name="endpoint">
    /// Where the engine listens, as DOCKER_HOST has it (unix:///var/run/docker.sock, npipe://./pipe/docker_engine,
    /// tcp://host:port); null for the platform's default.
    /// </param>
    /// <exception cref="Errors.GoCrossException">EngineEndpointInvalid: that is no endpoint.</exception>
    IContainerEngine Connect(string? endpoint);
}
