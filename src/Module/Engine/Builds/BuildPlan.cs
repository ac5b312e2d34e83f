using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>Sees to it that each build of a matrix has an output of its own.</summary>
public static class BuildPlan
{
    /// <summary>Takes each build once, and refuses what cannot stand side by side.</summary>
    /// <param name="requests">What there is to build.</param>
    /// <param name="output">Where the outputs go.</param>
    /// <exception cref="GoCrossException">OutputCollision; OutputCollisionOfNames.</exception>
    public static IReadOnlyList<BuildRequest> Create(IEnumerable<BuildRequest> requests, OutputTemplate output)
    {
        BuildRequest[] builds = [.. requests.DistinctBy(build => (build.Package.ImportPath, build.Package.Directory, build.Target, build.Strategy))];
        RequireDistinct(builds, output);
        return builds;
    }

    /// <summary>
    /// Puts together what one go build can make. go names programs in a folder by itself, so that two of one name go apart.
    /// </summary>
    /// <param name="builds">The builds.</param>
    /// <param name="groupOf">What builds of one group have in common; null for one that goes by itself.</param>
    /// <returns>The groups, in the order of their first builds.</returns>
    internal static IReadOnlyList<BuildRequest[]> Group(IEnumerable<BuildRequest> builds, Func<BuildRequest, string?> groupOf)
    {
        Dictionary<(string Group, string Name), int> named = [];
        List<(object Key, List<BuildRequest> Builds)> groups = [];
        Dictionary<object, List<BuildRequest>> known = [];
        foreach (BuildRequest build in builds)
        {
            object key = new();
            if (groupOf(build) is { } group)
            {
                int turn = named[(group, build.Package.Name)] = named.GetValueOrDefault((group, build.Package.Name)) + 1;
                key = (group, turn);
            }

            if (!known.TryGetValue(key, out List<BuildRequest>? members))
            {
                known[key] = members = [];
                groups.Add((key, members));
            }

            members.Add(build);
        }

        return [.. groups.Select(group => group.Builds.ToArray())];
    }

    private static void RequireDistinct(BuildRequest[] builds, OutputTemplate output)
    {
        // Many file systems take Api and api for one file.
        IGrouping<string, BuildRequest>? clash = builds
            .GroupBy(build => build.OutputPath, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Skip(1).Any());
        if (clash is null)
        {
            return;
        }

        BuildRequest first = clash.First();
        BuildRequest second = clash.Skip(1).First();
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

    private static IEnumerable<string> Differences(BuildRequest first, BuildRequest second)
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
