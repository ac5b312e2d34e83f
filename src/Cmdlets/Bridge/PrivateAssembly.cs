using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;

namespace GoCross.Cmdlets.Bridge;

/// <summary>
/// The door to the assemblies in bin/lib, whose dependencies other modules bring, too, in other versions: each is loaded
/// into a context of its own, when somebody asks for it.
/// </summary>
internal static class PrivateAssembly
{
    /// <summary>The folder of the module's private assemblies.</summary>
    internal static string Folder =>
        Path.Combine(Path.GetDirectoryName(typeof(PrivateAssembly).Assembly.Location)!, "lib");

    /// <summary>Makes an object of a type in a private assembly.</summary>
    /// <param name="folder">The folder of the assembly and of what it stands on.</param>
    /// <param name="assemblyName">The assembly's name, which its context gets, too.</param>
    /// <param name="typeName">The type's full name.</param>
    /// <exception cref="GoCrossException">BridgeMissing, BridgeDamaged: the installation is not whole.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T Create<T>(string folder, string assemblyName, string typeName)
    {
        string path = Path.Combine(folder, assemblyName + ".dll");
        if (!File.Exists(path))
        {
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.NotFound, nameof(Messages.BridgeMissing), null, path);
        }

        try
        {
            var context = new BridgeLoadContext(assemblyName, folder);
            Assembly assembly = context.LoadFromAssemblyPath(path);
            LoadReferences(context, assembly);
            return (T)Activator.CreateInstance(assembly.GetType(typeName, throwOnError: true)!)!;
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException
            or TypeLoadException or TargetInvocationException)
        {
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.BridgeDamaged), e, path, e.Message);
        }
    }

    /// <summary>
    /// Loads all that the assembly stands on. Left to the first use, a file that is missing or damaged would be found in
    /// the midst of the work and look like a failure of that.
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
