using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>What the documents of an image say, before any layer is read.</summary>
/// <param name="Platform">What it runs on.</param>
/// <param name="Commands">The command that made each layer, from the lowest on; empty where it is not told.</param>
public sealed record ImageOutline(ImagePlatform Platform, IReadOnlyList<string> Commands)
{
    /// <summary>The image that a platform means, as the reader takes it; the first where none fits.</summary>
    /// <param name="images">The images that there are.</param>
    /// <param name="platform">The platform as a user writes it; null, or what is not one, for this machine's.</param>
    public static ImageOutline? Nearest(IReadOnlyList<ImageOutline> images, string? platform)
    {
        ImagePlatform wanted = ImagePlatform.Default;
        try
        {
            wanted = platform is null ? wanted : ImagePlatform.Parse(platform);
        }
        catch (GoCrossException)
        {
            // It is being written.
        }

        return images.MinBy(image => wanted.DistanceTo(image.Platform) ?? int.MaxValue);
    }
}
