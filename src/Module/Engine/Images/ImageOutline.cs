using GoCross.Oci;

namespace GoCross.Images;

/// <summary>What the documents of an image say, before any layer is read.</summary>
/// <param name="Platform">What it runs on.</param>
/// <param name="Commands">The command that made each layer, from the lowest on; empty where it is not told.</param>
public sealed record ImageOutline(ImagePlatform Platform, IReadOnlyList<string> Commands);
