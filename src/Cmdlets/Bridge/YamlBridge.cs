using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Cmdlets.Bridge;

/// <summary>The door to GoCross.Yaml.dll. Nothing behind it is loaded before somebody reads a YAML file.</summary>
internal static class YamlBridge
{
    private static readonly Lazy<IYamlReader> LoadedReader = new(
        () => PrivateAssembly.Create<IYamlReader>(PrivateAssembly.Folder, "GoCross.Yaml", "GoCross.Yaml.YamlReader"),
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The reader.</summary>
    /// <exception cref="GoCrossException">BridgeMissing, BridgeDamaged: the installation is not whole.</exception>
    internal static IYamlReader Reader => LoadedReader.Value;
}
