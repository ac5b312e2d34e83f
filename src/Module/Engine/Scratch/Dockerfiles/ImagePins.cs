using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>
/// Finds the digests of images that a local engine has: what a tag stands for today. Nothing is fetched, and no registry is
/// asked; an engine that does not answer at once costs the digest and nothing else.
/// </summary>
/// <param name="connect">Connects to the engine.</param>
public sealed class ImagePins(Func<IContainerEngine> connect)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private bool _isGone;

    /// <summary>Finds the digest of an image.</summary>
    /// <param name="image">The image's name.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>The name, with the digest where one is known, and what to say of it.</returns>
    internal async Task<(ImageReference Image, string Note)> FindAsync(ImageReference image, CancellationToken cancellation)
    {
        if (image.Digest is not null)
        {
            return (image, string.Empty);
        }

        return await AskAsync(image, cancellation).ConfigureAwait(false) is { } digest
            ? (image.WithDigest(digest), "The digest is that of the local engine's image: the tag may move, the image does not.")
            : (image, "No local engine knows its digest, so it is what the tag stands for on the day of the build.");
    }

    private async Task<string?> AskAsync(ImageReference reference, CancellationToken cancellation)
    {
        if (_isGone)
        {
            return null;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Timeout);
        try
        {
            using IContainerEngine engine = connect();
            EngineImage image = await engine.InspectImageAsync(reference.ToString(), timeout.Token).ConfigureAwait(false);

            // The image may be known to several repositories.
            return image.RepositoryDigests
                .Select(text => ImageReference.TryParse(text, out ImageReference? known) ? known : null)
                .FirstOrDefault(known => known?.Repository == reference.Repository)?.Digest;
        }
        catch (GoCrossException e)
        {
            // An engine that has not this image may have the next.
            _isGone = e.ErrorId != nameof(Messages.ImageNotInEngine);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _isGone = true;
            return null;
        }
    }
}
