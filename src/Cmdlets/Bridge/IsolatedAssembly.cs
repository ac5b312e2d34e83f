using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using GoCross.Cmdlets.Errors;
using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Cmdlets.Bridge;

/// <summary>
/// The bridge to GoCross.Isolated.dll, whose dependencies other modules bring, too, in other versions. It is loaded into a
/// context of its own when one of its services is asked for, and not before.
/// </summary>
internal static class IsolatedAssembly
{
    private const string AssemblyName = "GoCross.Isolated";
    private const string TypeName = "GoCross.Isolated.IsolatedLibraries";

    private static readonly Lazy<IIsolatedLibraries> LoadedLibraries = new(Load, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The assembly's services.</summary>
    /// <exception cref="GoCrossException">BridgeMissing, BridgeDamaged: the installation is not whole.</exception>
    internal static IIsolatedLibraries Libraries => LoadedLibraries.Value;

    /// <summary>Connects to the engine that the docker command would talk to.</summary>
    /// <exception cref="GoCrossException">BridgeMissing, BridgeDamaged; what finding and connecting throw.</exception>
    internal static IContainerEngine Connect() => Connect(EngineEndpointFinder.Find());

    /// <summary>Connects to an engine.</summary>
    /// <exception cref="GoCrossException">BridgeMissing, BridgeDamaged; what connecting throws.</exception>
    internal static IContainerEngine Connect(EngineEndpoint endpoint) => Libraries.Connect(endpoint);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IIsolatedLibraries Load()
    {
        string folder = Path.Combine(Path.GetDirectoryName(typeof(IsolatedAssembly).Assembly.Location)!, "lib");
        string path = Path.Combine(folder, AssemblyName + ".dll");
        if (!File.Exists(path))
        {
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.NotFound, nameof(Messages.BridgeMissing), null, path);
        }

        try
        {
            var context = new IsolatedLoadContext(AssemblyName, folder);
            Assembly assembly = context.LoadFromAssemblyPath(path);
            LoadReferences(context, assembly);
            return (IIsolatedLibraries)Activator.CreateInstance(assembly.GetType(TypeName, throwOnError: true)!)!;
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException
            or TypeLoadException or TargetInvocationException)
        {
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.BridgeDamaged), e, path, e.Message);
        }
    }

    /// <summary>
    /// Loads all assemblies that this one references. Left to the first use, a file that is missing or damaged would be
    /// found in the middle of the work and look like a failure of that.
    /// </summary>
    private static void LoadReferences(IsolatedLoadContext context, Assembly assembly)
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
