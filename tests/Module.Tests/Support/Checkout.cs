namespace GoCross.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Checkout
{
    private const string ManifestName = "GoCross.psd1";

    /// <summary>The checkout's root folder.</summary>
    internal static string Root { get; } = Find();

    /// <summary>The module's manifest.</summary>
    internal static string Manifest => Path.Combine(Root, ManifestName);

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, ManifestName)))
            {
                return at.FullName;
            }
        }

        throw new FileNotFoundException($"No folder above {AppContext.BaseDirectory} holds {ManifestName}.");
    }
}
