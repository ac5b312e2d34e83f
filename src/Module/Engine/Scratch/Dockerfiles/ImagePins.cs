using System.Text.RegularExpressions;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>
/// Finds the digests of images that a local engine has: what a tag stands for today. Nothing is fetched, and no registry is
/// asked; an engine that does not answer at once costs the digest and nothing else.
/// </summary>
/// <param name="connect">Connects to the engine.</param>
public sealed partial class ImagePins(Func<IContainerEngine> connect)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private bool _isGone;

    /// <summary>Checks that a text is an image's name, with a tag, a digest, both or neither.</summary>
    /// <param name="reference">The text.</param>
    /// <exception cref="GoCrossException">ImageReferenceInvalid.</exception>
    public static void RequireReference(string reference)
    {
        string name = DigestPattern().Replace(reference, string.Empty);
        if (name.Contains('@', StringComparison.Ordinal))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ImageReferenceInvalid), reference);
        }

        ImageReference.Parse(name);
    }

    /// <summary>Finds the digest of an image.</summary>
    /// <param name="reference">The image's name.</param>
    /// <param name="cancellation">Ends the asking.</param>
    internal async Task<PinnedImage> FindAsync(string reference, CancellationToken cancellation)
    {
        if (reference.Contains('@', StringComparison.Ordinal))
        {
            return PinnedImage.Unpinned(reference);
        }

        return await AskAsync(reference, cancellation).ConfigureAwait(false) is { } digest
            ? new PinnedImage(reference, digest, "The digest is that of the local engine's image: the tag may move, the image does not.")
            : new PinnedImage(reference, null, "No local engine knows its digest, so it is what the tag stands for on the day of the build.");
    }

    private async Task<string?> AskAsync(string reference, CancellationToken cancellation)
    {
        if (_isGone)
        {
            return null;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using IContainerEngine engine = connect();
            EngineImage image = await engine.InspectImageAsync(reference, patience.Token).ConfigureAwait(false);
            return DigestFor(reference, image.RepositoryDigests);
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

    /// <summary>The digest in the repository that the name is of: an image may be known to several.</summary>
    private static string? DigestFor(string reference, IReadOnlyList<string> repositoryDigests)
    {
        string repository = RepositoryOf(reference);
        return repositoryDigests
            .Select(text => DigestPattern().Match(text))
            .Where(match => match.Success && RepositoryOf(match.Result("$`")) == repository)
            .Select(match => match.Value[1..])
            .FirstOrDefault();
    }

    private static string RepositoryOf(string reference)
    {
        var parsed = ImageReference.Parse(reference);
        return $"{parsed.Domain}/{parsed.Path}";
    }

    [GeneratedRegex(@"@sha256:[a-f0-9]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DigestPattern();
}
