using System.Management.Automation;
using GoCross.Builds;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Makes templates of output paths from what a user typed.</summary>
internal static class OutputTemplates
{
    /// <summary>The template that a path stands for: a folder, a path with placeholders, or the default.</summary>
    /// <param name="cmdlet">Whose drives there are.</param>
    /// <param name="path">What the user typed; null for the default folder beneath the location.</param>
    /// <param name="fileName">The name where the user gives a folder.</param>
    /// <param name="location">The full path of the folder that relative paths start at.</param>
    /// <exception cref="GoCross.Errors.GoCrossException">OutputPlaceholderUnknown; ProviderNotSupported; DriveMissing.</exception>
    internal static OutputTemplate Create(PSCmdlet cmdlet, string? path, string fileName, string location)
    {
        if (path is null)
        {
            return OutputTemplate.Create(Path.Combine(location, OutputTemplate.DefaultFolder), fileName);
        }

        // Placeholders are looked for in what was typed, from the first part with a brace on: the location and what a
        // drive or ~ stands for are folders whose names may hold braces.
        int brace = path.IndexOf('{', StringComparison.Ordinal);
        if (brace < 0)
        {
            string full = Resolve(cmdlet, path, location);
            return Path.EndsInDirectorySeparator(path) || Directory.Exists(full)
                ? OutputTemplate.Create(full, fileName)
                : OutputTemplate.Create(Path.GetDirectoryName(full) ?? full, Path.GetFileName(full));
        }

        // PowerShell takes both slashes for separators on every system.
        int start = path.AsSpan(0, brace).LastIndexOfAny('/', '\\') + 1;
        string folder = Resolve(cmdlet, start == 0 ? "." : path[..start], location);
        string template = path[start..].Replace('\\', '/');
        return OutputTemplate.Create(folder, template.EndsWith('/') ? template + fileName : template);
    }

    /// <summary>Only PowerShell knows what ~ and a drive's name stand for; what is relative starts at the location.</summary>
    private static string Resolve(PSCmdlet cmdlet, string path, string location) =>
        Path.IsPathRooted(path) || path.StartsWith('~') || path.Contains(':', StringComparison.Ordinal)
            ? SessionPaths.Resolve(cmdlet, path)
            : Path.GetFullPath(path.Replace('\\', '/'), location);
}
