using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using GoCross.Cmdlets.Errors;
using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Cmdlets.Bridge;

/// <summary>The door to GoCross.Docker.dll. Nothing behind it is loaded before somebody asks for a container engine.</summary>
internal static class ContainerEngineBridge
{
    private const string AssemblyName = "GoCross.Docker";
    private const string FactoryName = "GoCross.Docker.DockerEngineFactory";

    private static readonly Lazy<IContainerEngineFactory> LoadedFactory =
        new(() => Load(Path.Combine(ModuleFolder, "lib")), LazyThreadSafetyMode.PublicationOnly);

    private static string ModuleFolder => Path.GetDirectoryName(typeof(ContainerEngineBridge).Assembly.Location)!;

    /// <summary>Connects to the engine that the docker command would talk to.</summary>
    /// <exception cref="GoCrossException">
    /// BridgeMissing, BridgeDamaged: the installation is not whole; what finding and connecting throw.
    /// </exception>
    internal static IContainerEngine Connect() => LoadedFactory.Value.Connect(EngineEndpointFinder.Find());

    /// <summary>Loads the bridge from a folder into a context of its own.</summary>
    /// <exception cref="GoCrossException">BridgeMissing; BridgeDamaged.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IContainerEngineFactory Load(string folder)
    {
        string path = Path.Combine(folder, AssemblyName + ".dll");
        if (!File.Exists(path))
        {
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.NotFound, nameof(Messages.BridgeMissing), null, path);
        }

        try
        {
            var context = new BridgeLoadContext(folder);
            Assembly assembly = context.LoadFromAssemblyPath(path);
            LoadReferences(context, assembly);
            return (IContainerEngineFactory)Activator.CreateInstance(assembly.GetType(FactoryName, throwOnError: true)!)!;
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException
            or TypeLoadException or TargetInvocationException)
        {
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.BridgeDamaged), e, path, e.Message);
        }
    }

    /// <summary>
    /// Loads all that the bridge stands on. Left to the first use, a file that is missing or damaged would be found in
    /// the midst of a request and look like a failure of the engine.
    /// </summary>
    private static void LoadReferences(BridgeLoadContext context, Assembly assembly)
    {
        foreach (AssemblyName name in assembly.GetReferencedAssemblies())
        {
            Assembly reference = context.LoadFromAssemblyName(name);
            if (AssemblyLoadContext.GetLoadContext(reference) == context)
            {
                LoadReferences(context, reference);
            }
        }
    }
}
