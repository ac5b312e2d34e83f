using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Cmdlets.Bridge;

/// <summary>The door to GoCross.Docker.dll. Nothing behind it is loaded before somebody asks for a container engine.</summary>
internal static class ContainerEngineBridge
{
    private const string AssemblyName = "GoCross.Docker";
    private const string FactoryName = "GoCross.Docker.DockerEngineFactory";

    private static readonly Lazy<IContainerEngineFactory> LoadedFactory =
        new(
            () => PrivateAssembly.Create<IContainerEngineFactory>(PrivateAssembly.Folder, AssemblyName, FactoryName),
            LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Connects to the engine that the docker command would talk to.</summary>
    /// <exception cref="GoCrossException">
    /// BridgeMissing, BridgeDamaged: the installation is not whole; what finding and connecting throw.
    /// </exception>
    internal static IContainerRunner Connect() => Connect(EngineEndpointFinder.Find());

    /// <summary>Connects to an engine.</summary>
    /// <exception cref="GoCrossException">BridgeMissing, BridgeDamaged; what connecting throws.</exception>
    internal static IContainerRunner Connect(EngineEndpoint endpoint) => LoadedFactory.Value.Connect(endpoint);
}
