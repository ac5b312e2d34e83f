using GoCross.ContainerEngines;

namespace GoCross.Isolated;

/// <summary>The assembly's one public type. The module's bridge makes it by name.</summary>
public sealed class IsolatedLibraries : IIsolatedLibraries
{
    /// <inheritdoc/>
    public IContainerEngine Connect(EngineEndpoint endpoint) => DockerEngineFactory.Connect(endpoint);

    /// <inheritdoc/>
    public Stream CompressGzip(Stream output) => new GzipMember(output);

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string? Text, int Line)> ReadYamlMapping(TextReader text, string section) =>
        YamlReader.ReadMapping(text, section);
}
