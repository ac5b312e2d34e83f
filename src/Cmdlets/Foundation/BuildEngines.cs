using GoCross.Cmdlets.Bridge;
using GoCross.ContainerEngines;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Connects to the engines that builds in containers run at.</summary>
internal static class BuildEngines
{
    private const string Parameter = "-DockerContext";

    /// <summary>The engines of Docker contexts, each once; without contexts that of the docker command.</summary>
    /// <param name="contexts">The contexts' names.</param>
    /// <exception cref="GoCross.Errors.GoCrossException">What finding and connecting throw.</exception>
    internal static IReadOnlyList<IContainerEngine> Connect(IReadOnlyList<string> contexts)
    {
        if (contexts.Count == 0)
        {
            return [IsolatedAssembly.Connect()];
        }

        // All are found before one is connected: nothing is open where one is unknown.
        EngineEndpoint[] endpoints =
        [
            .. contexts.Distinct(StringComparer.Ordinal).Select(context => EngineEndpointFinder.FindContext(context, Parameter)),
        ];
        List<IContainerEngine> engines = [];
        try
        {
            foreach (EngineEndpoint endpoint in endpoints)
            {
                engines.Add(IsolatedAssembly.Connect(endpoint));
            }
        }
        catch
        {
            engines.ForEach(engine => engine.Dispose());
            throw;
        }

        return engines;
    }
}
