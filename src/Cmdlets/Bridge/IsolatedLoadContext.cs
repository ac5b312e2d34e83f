using System.Reflection;
using System.Runtime.Loader;
using GoCross.ContainerEngines;

namespace GoCross.Cmdlets.Bridge;

/// <summary>
/// Where Docker.DotNet, its Newtonsoft.Json, YamlDotNet and SharpZipLib live, so that they meet no other module's copies.
/// Everything that is not in the folder comes from the default context; the engine always does, or its types would
/// exist twice.
/// </summary>
/// <param name="name">The context's name.</param>
/// <param name="folder">The folder.</param>
internal sealed class IsolatedLoadContext(string name, string folder) : AssemblyLoadContext(name)
{
    private static readonly Assembly EngineAssembly = typeof(IContainerEngine).Assembly;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == EngineAssembly.GetName().Name)
        {
            return EngineAssembly;
        }

        // A look first: a Resolving handler that asks for the missing file again recurses until the stack is gone.
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
