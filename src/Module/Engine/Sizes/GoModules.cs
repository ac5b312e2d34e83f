using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>Finds the module of a package in a program's build information.</summary>
internal static class GoModules
{
    /// <summary>What the standard library is called.</summary>
    public const string StandardLibrary = "std";

    /// <summary>The module of a package: that with the longest path that begins the package's.</summary>
    /// <param name="package">The package's path.</param>
    /// <param name="build">What was recorded; null where nothing was.</param>
    /// <returns>Its path and version. A program that was built without modules has none recorded.</returns>
    public static (string Name, string? Version) Of(string package, GoBuildInfo? build)
    {
        if (package == "main")
        {
            return build?.Main is { } main ? (main.Path, main.Version) : ("main", null);
        }

        GoModule? best = null;
        foreach (GoModule module in build is null ? [] : build.Main is null ? build.Deps : build.Deps.Append(build.Main))
        {
            if (Contains(module.Path, package) && module.Path.Length > (best?.Path.Length ?? 0))
            {
                best = module;
            }
        }

        if (best is not null)
        {
            return (best.Path, best.Replace is { Version.Length: > 0 } other ? other.Version : best.Version);
        }

        // Only the standard library's packages begin with a word without a dot.
        int slash = package.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? package : package[..slash];
        return first.Contains('.', StringComparison.Ordinal) ? ("(no module recorded)", null) : (StandardLibrary, build?.GoVersion);
    }

    private static bool Contains(string module, string package) =>
        package.StartsWith(module, StringComparison.Ordinal)
        && (package.Length == module.Length || package[module.Length] == '/');
}
