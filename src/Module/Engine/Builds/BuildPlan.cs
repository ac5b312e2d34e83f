using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>Gives each build of a matrix its output.</summary>
public static class BuildPlan
{
    /// <summary>
    /// Plans a matrix. Builds of one target do not stand side by side: they share nearly all of their packages, and two
    /// go commands at once would both compile them.
    /// </summary>
    /// <param name="matches">What there is to build, in the order that <see cref="GoPackages.ResolveAsync"/> gives.</param>
    /// <param name="output">Where the outputs go.</param>
    /// <exception cref="GoCrossException">OutputCollision; OutputCollisionOfNames.</exception>
    public static IReadOnlyList<PlannedBuild> Create(IReadOnlyList<PackageMatch> matches, OutputTemplate output)
    {
        PlannedBuild[] builds =
        [
            .. matches.DistinctBy(match => (match.Package, match.Target, match.Strategy)).Select(match => new PlannedBuild(
                match.Package,
                match.Target,
                match.Strategy,
                output.Expand(match.Package, match.Target, match.Strategy),
                match.StrategyReason)),
        ];
        RequireDistinct(builds, output);
        return builds;
    }

    private static void RequireDistinct(PlannedBuild[] builds, OutputTemplate output)
    {
        // Many file systems take Api and api for one file.
        IGrouping<string, PlannedBuild>? clash = builds
            .GroupBy(build => build.OutputPath, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Skip(1).Any());
        if (clash is null)
        {
            return;
        }

        PlannedBuild first = clash.First();
        PlannedBuild second = clash.Skip(1).First();
        string[] missing =
        [
            .. Differences(first, second).Where(name => !output.Uses(name)).Select(name => $"{{{name}}}"),
        ];
        throw missing.Length > 0
            ? GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.OutputCollision), first, second, clash.Key, string.Join(", ", missing))
            : GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.OutputCollisionOfNames), first.Package.ImportPath, second.Package.ImportPath, clash.Key);
    }

    private static IEnumerable<string> Differences(PlannedBuild first, PlannedBuild second)
    {
        if (first.Package.Name != second.Package.Name)
        {
            yield return "name";
        }

        if (first.Target.Os != second.Target.Os)
        {
            yield return "os";
        }

        if (first.Target.Architecture != second.Target.Architecture)
        {
            yield return "arch";
        }

        if (first.Target.Variant != second.Target.Variant)
        {
            yield return "variant";
        }

        if (first.Strategy != second.Strategy)
        {
            yield return "strategy";
        }
    }
}
