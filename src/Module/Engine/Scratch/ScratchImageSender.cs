using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Oci;
using GoCross.Progress;
using GoCross.Registries;

namespace GoCross.Scratch;

/// <summary>Sends an image away that was written, as long as what was written stays where it is.</summary>
public static class ScratchImageSender
{
    /// <summary>Pushes an image to a registry, with the logins and certificates of this user on this machine.</summary>
    /// <param name="image">The image, as it came from the writer.</param>
    /// <param name="reference">Where to.</param>
    /// <param name="onProgress">Gets how far it is, on any thread, one call after the other; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">
    /// What <see cref="ImagePusher.PushAsync"/> throws. The image is not named in the registry then.
    /// </exception>
    public static Task<PushedImage> PushAsync(
        ScratchImage image, ImageReference reference, Action<TransferProgress>? onProgress, CancellationToken cancellation)
    {
        var pusher = new ImagePusher(reference, RegistryOptions.FromEnvironment());
        return pusher.PushAsync(
            image.Package ?? throw new ArgumentException("It did not come from the writer.", nameof(image)),
            onProgress,
            cancellation);
    }

    /// <summary>Loads an image into a container engine.</summary>
    /// <param name="image">The image.</param>
    /// <param name="path">The full path of its tar.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="onProgress">Gets how far it is, on any thread, one call after the other; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The image with its name there.</returns>
    /// <exception cref="GoCrossException">What <see cref="ImageLoader.LoadAsync"/> throws.</exception>
    public static async Task<ScratchImage> LoadAsync(
        ScratchImage image,
        string path,
        IContainerEngine engine,
        Action<TransferProgress>? onProgress,
        CancellationToken cancellation)
    {
        IReadOnlyList<string> names = await ImageLoader.LoadAsync(engine, path, onProgress, cancellation).ConfigureAwait(false);
        return image with { LoadedImage = names[0] };
    }
}
