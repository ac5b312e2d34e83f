namespace GoCross.Images;

/// <summary>Compares two images that were read.</summary>
public static class ImageComparer
{
    /// <summary>Compares.</summary>
    /// <param name="reference">The image to compare with.</param>
    /// <param name="difference">The image that is compared.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static ImageComparison Compare(
        ContainerImage reference, ContainerImage difference, CancellationToken cancellation)
    {
        IReadOnlyList<LayerComparison> layers =
            LayerAligner.Align(reference.Layers, difference.Layers, difference.Files.Limits, cancellation);
        return new(reference, difference, FileComparer.Count(reference.Files, difference.Files, cancellation))
        {
            Configuration = ConfigurationComparer.Compare(reference, difference, layers),
            Layers = layers,
        };
    }
}
