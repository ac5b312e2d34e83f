namespace GoCross.Bench;

/// <summary>The checkout that the benchmarks were built from.</summary>
internal static class Checkout
{
    private const string ManifestName = "GoCross.psd1";

    /// <summary>The module's manifest.</summary>
    internal static string Manifest { get; } = Find();

    /// <summary>The checkout's root folder.</summary>
    internal static string Root => Path.GetDirectoryName(Manifest)!;

    /// <summary>The shell's program, as the same build made it.</summary>
    internal static string Shell => Path.Combine(Root, "artifacts", "bin", "GoCross.Shell", "release", "gocross-shell.dll");

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string manifest = Path.Combine(at.FullName, ManifestName);
            if (File.Exists(manifest))
            {
                return manifest;
            }
        }

        throw new FileNotFoundException($"No folder above {AppContext.BaseDirectory} holds {ManifestName}.");
    }
}
