using GoCross.ContainerEngines;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>What a session builds: for what, how, where and into which files.</summary>
public sealed record BuildSessionOptions
{
    /// <summary>The targets, as the user wrote them; none for the toolchain's own machine.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The strategies.</summary>
    public IReadOnlyList<BuildStrategy> Strategies { get; init; } = [BuildStrategy.Auto];

    /// <summary>What holds for every build.</summary>
    public BuildOptions Build { get; init; } = new();

    /// <summary>Where the programs go.</summary>
    public required OutputTemplate Output { get; init; }

    /// <summary>
    /// The go command or a GOROOT, as a full path, of this machine or of the image of <see cref="Container"/>; null to look
    /// for it.
    /// </summary>
    public string? GoPath { get; init; }

    /// <summary>The most go commands at once; null for as many as there are cores and memory for.</summary>
    public int? Limit { get; init; }

    /// <summary>The image to build in; null for this machine.</summary>
    public string? Container { get; init; }

    /// <summary>The image to build in what cannot be built with musl on this machine; null for none.</summary>
    public string? FallbackContainer { get; init; }

    /// <summary>What private modules are fetched with in containers, of this machine's.</summary>
    public IReadOnlyList<ModuleCredential> Credentials { get; init; } = [];

    /// <summary>Whether an engine is to pull an image that it does not have.</summary>
    public bool Pulls { get; init; } = true;

    /// <summary>Connects to the engines that build in containers.</summary>
    public Func<IReadOnlyList<IContainerEngine>> Connect { get; init; } = () => [];
}
