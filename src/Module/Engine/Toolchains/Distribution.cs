namespace GoCross.Toolchains;

/// <summary>The system that a machine runs, as far as the names of packages go.</summary>
/// <param name="System">The family.</param>
/// <param name="Codename">The release's name, such as bookworm; null where there is none.</param>
public sealed record Distribution(PackageSystem System, string? Codename)
{
    private const string OsRelease = "/etc/os-release";

    private static readonly Lazy<Distribution> ThisMachine = new(Detect);

    /// <summary>This machine's.</summary>
    public static Distribution Current => ThisMachine.Value;

    /// <summary>Tells a Linux distribution from the text of its os-release file: by ID, then by what ID_LIKE names.</summary>
    /// <param name="osRelease">The text, as os-release(5) has it.</param>
    public static Distribution Parse(string osRelease)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string line in osRelease.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                fields[line[..equals].Trim()] = line[(equals + 1)..].Trim().Trim('"', '\'');
            }
        }

        string ids = $"{fields.GetValueOrDefault("ID")} {fields.GetValueOrDefault("ID_LIKE")}";
        PackageSystem system = ids.ToLowerInvariant()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(Family)
            .FirstOrDefault(family => family != PackageSystem.Unknown);
        return new Distribution(system, fields.GetValueOrDefault("VERSION_CODENAME"));
    }

    private static PackageSystem Family(string id) => id switch
    {
        "debian" or "ubuntu" => PackageSystem.Debian,
        "alpine" => PackageSystem.Alpine,
        "fedora" or "rhel" or "centos" => PackageSystem.Fedora,
        _ => PackageSystem.Unknown,
    };

    private static Distribution Detect()
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
        {
            return new Distribution(OperatingSystem.IsWindows() ? PackageSystem.Windows : PackageSystem.MacOS, null);
        }

        try
        {
            return Parse(File.ReadAllText(OsRelease));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Distribution(PackageSystem.Unknown, null);
        }
    }
}
