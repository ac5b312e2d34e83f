using GoCross.Oci;

namespace GoCross.Images;

/// <summary>One of the images that an archive or a directory offers.</summary>
/// <param name="Identity">What tells it from the others; two names of one image have the same.</param>
/// <param name="Names">Its names, with tags.</param>
/// <param name="Platform">What it runs on.</param>
/// <param name="Resolve">Reads the rest of its documents.</param>
internal sealed record ImageCandidate(
    string Identity, IReadOnlyList<string> Names, ImagePlatform Platform, Func<ResolvedImage> Resolve);
