using GoCross.Oci;

namespace GoCross.Images;

/// <summary>One of the images that an archive or a directory offers.</summary>
/// <param name="Identity">What tells it from the others; two names of one image have the same.</param>
/// <param name="Names">Its names, with tags.</param>
/// <param name="Platform">What it runs on.</param>
/// <param name="Resolve">Reads the rest of its documents.</param>
internal sealed record ImageCandidate(
    string Identity, IReadOnlyList<string> Names, ImagePlatform Platform, Func<ResolvedImage> Resolve)
{
    /// <summary>Reads the rest of its documents. What an index says that it runs on goes before what it says itself.</summary>
    internal ResolvedImage Read() => Resolve() with { Names = Names, Platform = Platform };

    /// <summary>Puts those together that are one image for one platform, with the names of all.</summary>
    internal static IReadOnlyList<ImageCandidate> Merge(IEnumerable<ImageCandidate> candidates) =>
    [
        .. candidates
            .GroupBy(candidate => (candidate.Identity, candidate.Platform))
            .Select(same => same.First() with
            {
                Identity = $"{same.Key.Identity} {same.Key.Platform}",
                Names = [.. same.SelectMany(candidate => candidate.Names).Distinct(StringComparer.Ordinal)],
            }),
    ];
}
