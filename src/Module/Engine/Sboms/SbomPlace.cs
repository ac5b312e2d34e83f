namespace GoCross.Sboms;

/// <summary>A place where a component is.</summary>
/// <param name="Path">The program, or the package system's database: a full path, or the path in the image.</param>
/// <param name="Layer">The number of the layer of the image that brought it, from 0 for the lowest; null outside of images.</param>
/// <param name="LayerDiffId">That layer's diff ID; null outside of images.</param>
/// <param name="Owner">The package of the system that the program belongs to, name and version; null for none.</param>
public sealed record SbomPlace(string Path, int? Layer = null, string? LayerDiffId = null, string? Owner = null);
