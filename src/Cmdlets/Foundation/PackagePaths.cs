using System.Management.Automation;
using GoCross.Builds;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Reads packages as users name them.</summary>
internal static class PackagePaths
{
    private const string Beneath = "...";

    /// <summary>The packages that a text stands for: folders that a wildcard matches, or what go takes.</summary>
    /// <param name="cmdlet">Whose drives there are.</param>
    /// <param name="text">What the user typed.</param>
    /// <param name="location">The full path of the folder that relative paths start at.</param>
    /// <exception cref="GoCross.Errors.GoCrossException">PackageFolderMissing; PackageIsFile; ProviderNotSupported; DriveMissing.</exception>
    internal static IReadOnlyList<PackageReference> Expand(PSCmdlet cmdlet, string text, string location)
    {
        if (WildcardPattern.ContainsWildcardCharacters(text))
        {
            return [.. SessionPaths.Expand(cmdlet, text).Where(Directory.Exists).Select(folder => PackageReference.Create(folder, location))];
        }

        // Only PowerShell knows what ~ and a drive's name stand for; an import path has neither.
        int end = text.IndexOf(Beneath, StringComparison.Ordinal);
        string path = end < 0 ? text : text[..end];
        bool isPowerShells = path.StartsWith('~') || path.Contains(':', StringComparison.Ordinal);
        string full = isPowerShells ? Path.Join(SessionPaths.Resolve(cmdlet, path), text[path.Length..]) : text;
        return [PackageReference.Create(full, location)];
    }
}
