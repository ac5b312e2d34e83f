namespace GoCross.Tests;

/// <summary>A test that starts a Docker engine of its own: Linux, root, docker and dockerd, and what else it names.</summary>
public sealed class DockerFactAttribute : FactAttribute
{
    public DockerFactAttribute(params string[] tools) => Skip = Reason(tools);

    internal static string? Reason(string[] tools) =>
        !OperatingSystem.IsLinux() ? "needs Linux"
        : Tools.FirstMissing(["dockerd", "docker", .. tools]) is { } missing ? $"needs {missing}"
        : !Environment.IsPrivilegedProcess ? "needs root, to start dockerd"
        : null;
}

/// <summary>A theory that starts a Docker engine of its own.</summary>
public sealed class DockerTheoryAttribute : TheoryAttribute
{
    public DockerTheoryAttribute(params string[] tools) => Skip = DockerFactAttribute.Reason(tools);
}
