using System.Globalization;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Chooses one of the images that an archive offers.</summary>
internal static class ImageChooser
{
    private const int MaxNamesInMessage = 12;

    /// <summary>Chooses by name and platform.</summary>
    /// <param name="candidates">The images.</param>
    /// <param name="source">How messages name the archive.</param>
    /// <param name="name">A name with or without tag, or @ and a place from 0; null for any.</param>
    /// <param name="platform">What it has to run on; null for this machine's, or the only one there is.</param>
    /// <exception cref="GoCrossException">ImageNameNotFound; PlatformNotFound; ImageAmbiguous; ImageEmpty.</exception>
    internal static ImageCandidate Choose(
        IReadOnlyList<ImageCandidate> candidates, string source, string? name, ImagePlatform? platform)
    {
        if (candidates.Count == 0)
        {
            throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageEmpty), source);
        }

        ImageCandidate[] named = [.. OfName(candidates, name)];
        if (named.Length == 0)
        {
            throw GoCrossException.Create(
                ErrorKind.NotFound, nameof(Messages.ImageNameNotFound), source, name, Names(candidates, candidates));
        }

        ImageCandidate[] fitting = OfPlatform(named, source, platform);
        if (fitting.Length == 1)
        {
            return fitting[0];
        }

        string[] platforms = [.. fitting.Select(candidate => candidate.Platform.ToString()).Distinct(StringComparer.Ordinal)];
        throw platforms.Length > 1
            ? GoCrossException.Create(
                ErrorKind.InvalidArgument,
                nameof(Messages.PlatformAmbiguous),
                source,
                fitting.Length,
                string.Join(", ", platforms.Take(MaxNamesInMessage)),
                platforms[^1])
            : GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ImageAmbiguous), source, fitting.Length, Names(fitting, candidates));
    }

    /// <summary>The images of a name, or of a place; all for no name.</summary>
    internal static IEnumerable<ImageCandidate> OfName(IReadOnlyList<ImageCandidate> candidates, string? name)
    {
        if (name is null)
        {
            return candidates.DistinctBy(candidate => candidate.Identity);
        }

        return name.StartsWith('@') && int.TryParse(name.AsSpan(1), out int place)
            ? candidates.Skip(place < 0 ? candidates.Count : place).Take(1)
            : candidates
                .Where(candidate => candidate.Names.Any(other => other == name || ImageNames.Normal(other) == ImageNames.Normal(name)))
                .DistinctBy(candidate => candidate.Identity);
    }

    private static ImageCandidate[] OfPlatform(ImageCandidate[] candidates, string source, ImagePlatform? platform)
    {
        ImagePlatform wanted = platform ?? ImagePlatform.Default;
        int? nearest = candidates.Min(candidate => wanted.DistanceTo(candidate.Platform));
        if (nearest is null)
        {
            bool areAlike = candidates.All(candidate => candidate.Platform == candidates[0].Platform);
            return platform is null && areAlike
                ? candidates
                : throw GoCrossException.Create(
                    ErrorKind.NotFound,
                    nameof(Messages.PlatformNotFound),
                    source,
                    wanted,
                    string.Join(", ", candidates.Select(candidate => candidate.Platform).Distinct().Take(MaxNamesInMessage)));
        }

        return [.. candidates.Where(candidate => wanted.DistanceTo(candidate.Platform) == nearest)];
    }

    private static string Names(IEnumerable<ImageCandidate> chosen, IReadOnlyList<ImageCandidate> all) => string.Join(
        ", ",
        chosen
            .SelectMany(candidate => candidate.Names.Count > 0 ? candidate.Names : [PlaceOf(candidate, all)])
            .Distinct()
            .Take(MaxNamesInMessage));

    private static string PlaceOf(ImageCandidate candidate, IReadOnlyList<ImageCandidate> all) =>
        string.Create(CultureInfo.InvariantCulture, $"@{all.TakeWhile(other => !ReferenceEquals(other, candidate)).Count()}");
}
