namespace GoCross.Images;

/// <summary>A layer that was read, for another reading to know.</summary>
/// <param name="Content">What it is.</param>
/// <param name="Origin">Where its blob is.</param>
internal readonly record struct KnownLayer(StoredLayer Content, BlobOrigin Origin)
{
    /// <summary>The layers of an image whose blobs were there.</summary>
    internal static IEnumerable<KnownLayer> Of(IEnumerable<ImageLayer> layers) =>
        layers.Where(layer => !layer.IsMissing).Select(layer => new KnownLayer(layer.Content, layer.Origin!));
}
