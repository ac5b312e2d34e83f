namespace GoCross.ContainerEngines;

/// <summary>Makes connections to container engines.</summary>
public interface IContainerEngineFactory
{
    /// <summary>Prepares a connection. Nothing is sent before the first call.</summary>
    /// <param name="endpoint">Where the engine listens.</param>
    /// <exception cref="Errors.GoCrossException">
    /// EngineEndpointInvalid: that is no endpoint; EngineSshNotSupported; CertificateUnreadable.
    /// </exception>
    IContainerRunner Connect(EngineEndpoint endpoint);
}
