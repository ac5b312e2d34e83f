namespace GoCross.Tests;

/// <summary>Finds the independent programs that say what is right.</summary>
public static class Tools
{
    /// <summary>Where programs are that are on no PATH: Debian's versioned Go, Go's own installer, the administrator's.</summary>
    private static readonly Lazy<string[]> WellKnownFolders = new(() =>
    [
        .. Versioned("/usr/lib", "go-*"),
        "/usr/local/go/bin",
        "/usr/local/sbin",
        "/usr/sbin",
        "/sbin",
    ]);

    /// <summary>The full path of a program, or null where it is not installed; of a name with a slash, that of a file in the checkout.</summary>
    public static string? Find(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            string path = Path.Combine(Checkout.Root, name);
            return File.Exists(path) ? path : null;
        }

        string file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(WellKnownFolders.Value)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>The full path of a program that the test has made sure of with <see cref="ToolFactAttribute"/>.</summary>
    public static string Require(string name) =>
        Find(name) ?? throw new FileNotFoundException($"The test uses {name} and does not say so in its [ToolFact].");

    /// <summary>The first of some programs that is not installed, or null.</summary>
    internal static string? FirstMissing(IEnumerable<string> names) => names.FirstOrDefault(name => Find(name) is null);

    // The newest version first: go-1.23 before go-1.19.
    private static IEnumerable<string> Versioned(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.GetDirectories(folder, pattern)
            .OrderByDescending(path => Version.TryParse(path[(path.LastIndexOf('-') + 1)..], out Version? version) ? version : new Version(0, 0))
            .Select(path => Path.Combine(path, "bin"))
        : [];
}
