using System.Text.RegularExpressions;

namespace GoCross.Builds;

/// <summary>
/// A value of -ldflags and its like, with the packages that it is for (cmd/go/internal/load, flag.go and search.go): those
/// that were named to go build, or those of a pattern before an equals sign.
/// </summary>
internal static class PackagePattern
{
    /// <summary>Takes a value apart.</summary>
    /// <param name="value">The value: flags, or pattern=flags.</param>
    /// <param name="pattern">The pattern; null where there is none.</param>
    /// <param name="flags">The flags.</param>
    internal static void Split(string value, out string? pattern, out string flags)
    {
        string trimmed = value.Trim();
        int equals = trimmed.IndexOf('=', StringComparison.Ordinal);
        bool isPatterned = trimmed.Length > 0 && trimmed[0] != '-' && equals > 0;
        pattern = isPatterned ? trimmed[..equals].Trim() : null;
        flags = isPatterned ? trimmed[(equals + 1)..] : trimmed;
    }

    /// <summary>Whether a pattern holds for a main package.</summary>
    /// <param name="pattern">The pattern; null for what holds for all that are named to go build.</param>
    /// <param name="package">The package.</param>
    internal static bool Matches(string? pattern, GoPackage package)
    {
        switch (pattern)
        {
            case null or "all":
                return true;
            case "std" or "cmd" or "tool":
                return false;
        }

        bool isRelative = pattern is "." or ".." || pattern.StartsWith("./", StringComparison.Ordinal) || pattern.StartsWith("../", StringComparison.Ordinal);
        if (!isRelative)
        {
            return ToRegex(pattern).IsMatch(package.ImportPath);
        }

        int wild = pattern.IndexOf("...", StringComparison.Ordinal);
        int slash = wild < 0 ? -1 : pattern.LastIndexOf('/', wild);
        string folder = Path.GetFullPath(wild < 0 ? pattern : slash < 0 ? "." : pattern[..slash], package.WorkingDirectory);
        if (wild < 0)
        {
            return package.Directory == folder;
        }

        string relative = Path.GetRelativePath(folder, package.Directory).Replace(Path.DirectorySeparatorChar, '/');
        return relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal) && ToRegex(pattern[(slash + 1)..]).IsMatch(relative);
    }

    // cmd/internal/pkgpattern: "..." stands for anything, and "x/..." for x, too.
    private static Regex ToRegex(string pattern)
    {
        string text = Regex.Escape(pattern).Replace(@"\.\.\.", ".*", StringComparison.Ordinal);
        const string Beneath = "/.*";
        if (text.EndsWith(Beneath, StringComparison.Ordinal))
        {
            text = text[..^Beneath.Length] + "(/.*)?";
        }

        return new Regex($@"\A{text}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
