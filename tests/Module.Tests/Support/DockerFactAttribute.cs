using Xunit.Sdk;

namespace GoCross.Tests;

/// <summary>A test that starts a Docker engine of its own: Linux, root, docker and dockerd, and what else it names.</summary>
[TraitDiscoverer(SlowTraitDiscoverer.Name, SlowTraitDiscoverer.Assembly)]
public sealed class DockerFactAttribute : FactAttribute, ITraitAttribute
{
    /// <summary>What to name where the test builds with BuildKit.</summary>
    public const string BuildKit = "a docker client with BuildKit";

    public DockerFactAttribute(params string[] tools) => Skip = Reason(tools);

    internal static string? Reason(string[] tools)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "needs Linux";
        }

        if (Tools.FirstMissing(["dockerd", "docker", "unshare", .. tools.Where(tool => tool != BuildKit)]) is { } missing)
        {
            return $"needs {missing}";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root, to start dockerd";
        }

        return tools.Contains(BuildKit) && DockerDaemon.BuildKitClient.Value is null ? $"needs {BuildKit}" : null;
    }
}

/// <summary>A theory that starts a Docker engine of its own.</summary>
[TraitDiscoverer(SlowTraitDiscoverer.Name, SlowTraitDiscoverer.Assembly)]
public sealed class DockerTheoryAttribute : TheoryAttribute, ITraitAttribute
{
    public DockerTheoryAttribute(params string[] tools) => Skip = DockerFactAttribute.Reason(tools);
}
