namespace GoCross.Images;

/// <summary>The names with tags that archives and layouts give to their images.</summary>
internal static class ImageNames
{
    /// <summary>Makes names comparable: without the hosts that Docker and podman leave out, and with the tag that they add.</summary>
    internal static string Normal(string name)
    {
        name = Familiar(name);
        name = WithoutPrefix(name, "localhost/");
        return name.LastIndexOf(':') > name.LastIndexOf('/') ? name : name + ":latest";
    }

    /// <summary>
    /// The names as <c>docker image ls</c> shows them, each once. A layout gives an image both its whole name
    /// (io.containerd.image.name) and its bare tag (org.opencontainers.image.ref.name); the tag alone says no more.
    /// </summary>
    internal static IReadOnlyList<string> Shown(IReadOnlyList<string> names)
    {
        string[] shown = names.Select(Familiar).Distinct(StringComparer.Ordinal).ToArray();
        return shown.Where(name => !shown.Any(other => other.EndsWith(":" + name, StringComparison.Ordinal))).ToArray();
    }

    private static string Familiar(string name) => WithoutPrefix(WithoutPrefix(name, "docker.io/library/"), "docker.io/");

    private static string WithoutPrefix(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
}
