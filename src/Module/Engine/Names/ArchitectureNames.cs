namespace GoCross.Names;

/// <summary>
/// What else architectures are called: by the kernel (uname -m), by Debian, by Windows. As containerd takes them for Go's
/// (platforms, database.go, normalizeArch), and those of uname besides.
/// </summary>
public static class ArchitectureNames
{
    private static readonly Dictionary<string, (string Architecture, string? Variant)> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["aarch64"] = ("arm64", null),
        ["armhf"] = ("arm", "v7"),
        ["armv5"] = ("arm", "v5"),
        ["armv6"] = ("arm", "v6"),
        ["armv6l"] = ("arm", "v6"),
        ["armv7"] = ("arm", "v7"),
        ["armv7l"] = ("arm", "v7"),
        ["i386"] = ("386", null),
        ["i486"] = ("386", null),
        ["i586"] = ("386", null),
        ["i686"] = ("386", null),
        ["loongarch64"] = ("loong64", null),
        ["mips64el"] = ("mips64le", null),
        ["mipsel"] = ("mipsle", null),
        ["ppc64el"] = ("ppc64le", null),
        ["x64"] = ("amd64", null),
        ["x86"] = ("386", null),
        ["x86-64"] = ("amd64", null),
        ["x86_64"] = ("amd64", null),
    };

    /// <summary>Go's name of an architecture, and the variant that the name says besides.</summary>
    /// <param name="name">A name; one that is not another's is given back as it is.</param>
    public static (string Architecture, string? Variant) Normalize(string name) =>
        Others.TryGetValue(name, out (string, string?) known) ? known : (name, null);

    /// <summary>The other names of an architecture, with the variant that each says.</summary>
    /// <param name="architecture">Go's name.</param>
    public static IEnumerable<(string Name, string? Variant)> OthersOf(string architecture) =>
        from other in Others
        where other.Value.Architecture == architecture
        orderby other.Key
        select (other.Key, other.Value.Variant);
}
