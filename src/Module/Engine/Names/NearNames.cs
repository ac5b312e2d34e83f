using GoCross.Formatting;

namespace GoCross.Names;

/// <summary>Finds the names that may have been meant by one that does not exist.</summary>
internal static class NearNames
{
    private const int MaxShown = 5;

    // A registry or an engine may have any number of names, and a hostile one names of any length.
    private const int MaxLooked = 10_000;
    private const int MaxNameLength = 300;

    /// <summary>The names that are near, the nearest first; a name of the same image with another tag before all.</summary>
    /// <param name="wanted">What does not exist.</param>
    /// <param name="names">What exists.</param>
    internal static IReadOnlyList<string> Of(string wanted, IEnumerable<string> names)
    {
        if (wanted.Length > MaxNameLength)
        {
            return [];
        }

        string repository = RepositoryOf(wanted);
        return
        [
            .. names
                .Take(MaxLooked)
                .Where(name => name.Length <= MaxNameLength)
                .Distinct(StringComparer.Ordinal)
                .Select(name => (Name: name, Distance: DistanceOf(wanted, repository, name)))
                .Where(near => near.Distance is not null)
                .OrderBy(near => near.Distance)
                .ThenBy(near => near.Name, StringComparer.Ordinal)
                .Take(MaxShown)
                .Select(near => near.Name),
        ];
    }

    /// <summary>Names for a message: with commas between, or that there is none.</summary>
    internal static string Describe(IReadOnlyCollection<string> names) =>
        names.Count > 0 ? string.Join(", ", names) : Texts.NamesNone;

    private static int? DistanceOf(string wanted, string repository, string name)
    {
        if (repository.Length < wanted.Length && RepositoryOf(name) == repository)
        {
            return 0;
        }

        // A slip in three characters, or a name that was not written to its end.
        int distance = EditDistance.Between(wanted, name);
        bool isPart = wanted.Length > 1 && name.Contains(wanted, StringComparison.OrdinalIgnoreCase);
        return distance <= Math.Max(1, wanted.Length / 3) || isPart ? 1 + distance : null;
    }

    // What stands before the tag; of a tag alone, or a name without one, the whole.
    private static string RepositoryOf(string name)
    {
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }
}
