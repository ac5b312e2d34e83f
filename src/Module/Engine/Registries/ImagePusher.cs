using GoCross.Errors;
using GoCross.Oci;
using GoCross.Progress;

namespace GoCross.Registries;

/// <summary>
/// Sends an image to a registry: first what is named, then what names it, and the tag at the very end, so that it never
/// points to an image that is not all there.
/// </summary>
/// <param name="reference">Where to: a repository and a tag.</param>
/// <param name="options">Where the settings for registries are.</param>
internal sealed class ImagePusher(ImageReference reference, RegistryOptions options)
{
    // More connections to one server bring nothing; docker has five.
    private const int MaxAtOnce = 4;

    /// <summary>Sends the image.</summary>
    /// <param name="package">The image.</param>
    /// <param name="onProgress">Gets how far it is, on any thread, one call after the other; null for nobody.</param>
    /// <param name="cancellation">Ends it, and has the registry forget what is begun.</param>
    /// <exception cref="GoCrossException">
    /// ImageReferenceHasDigest; what <see cref="RegistryClient(ImageReference, RegistryOptions, IReadOnlyList{string}?)"/>,
    /// <see cref="BlobUpload.SendAsync"/> and <see cref="ManifestUpload.SendAsync"/> throw.
    /// </exception>
    internal async Task<PushedImage> PushAsync(
        ImagePackage package, Action<TransferProgress>? onProgress, CancellationToken cancellation)
    {
        if (reference is not { Digest: null, Tag: { } tag })
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ImageReferenceHasDigest), reference.CanonicalName);
        }

        string[] sources =
        [
            .. package.Blobs
                .Select(blob => blob.FoundIn)
                .Where(source => source?.Domain == reference.Domain && source.Path != reference.Path)
                .Select(source => source!.Path)
                .Distinct(StringComparer.Ordinal),
        ];
        using var client = new RegistryClient(reference, options, sources);
        var meter = new TransferMeter(onProgress);
        BlobPresence[] found = await SendBlobsAsync(client, package.Blobs, meter, cancellation).ConfigureAwait(false);

        var manifests = new ManifestUpload(client, reference);
        meter.Add(0, "manifests");
        foreach (ImageDocument child in package.Children)
        {
            await manifests.SendAsync(child, child.Digest, cancellation).ConfigureAwait(false);
        }

        await manifests.SendAsync(package.Root, tag, cancellation).ConfigureAwait(false);
        await manifests.SendReferrersAsync(package.Referrers, cancellation).ConfigureAwait(false);
        return new PushedImage
        {
            Reference = reference.CanonicalName,
            Digest = package.Root.Digest,
            DigestReference = $"{reference.Repository}@{package.Root.Digest}",
            BytesSent = package.Blobs.Where((_, i) => found[i] == BlobPresence.Missing).Sum(blob => blob.Length),
            BlobsSent = found.Count(presence => presence == BlobPresence.Missing),
            BlobsThere = found.Count(presence => presence == BlobPresence.There),
            BlobsMounted = found.Count(presence => presence == BlobPresence.Mounted),
        };
    }

    private async Task<BlobPresence[]> SendBlobsAsync(
        RegistryClient client, IReadOnlyList<ImageBlob> blobs, TransferMeter meter, CancellationToken cancellation)
    {
        BlobUpload[] uploads = [.. blobs.Select(blob => new BlobUpload(client, reference, blob, meter))];
        var found = new BlobPresence[blobs.Count];
        try
        {
            // Looked for first, all of them: then it is known how much there is to send.
            await EachAsync(
                Enumerable.Range(0, uploads.Length),
                async (i, token) =>
                {
                    found[i] = await uploads[i].FindAsync(token).ConfigureAwait(false);
                    if (found[i] == BlobPresence.Missing)
                    {
                        meter.Expect(blobs[i].Length);
                    }
                },
                cancellation).ConfigureAwait(false);

            // The largest first: what takes longest should not begin last.
            await EachAsync(
                Enumerable.Range(0, uploads.Length)
                    .Where(i => found[i] == BlobPresence.Missing)
                    .OrderByDescending(i => blobs[i].Length),
                async (i, token) => await uploads[i].SendAsync(token).ConfigureAwait(false),
                cancellation).ConfigureAwait(false);
            return found;
        }
        catch
        {
            // Uploads that a failed mount began, and that nothing was sent to.
            await Task.WhenAll(uploads.Select(upload => upload.AbandonAsync())).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task EachAsync(
        IEnumerable<int> which, Func<int, CancellationToken, ValueTask> work, CancellationToken cancellation)
    {
        // The first failure ends the others and is the one that is thrown; they see a cancellation that is not the caller's.
        GoCrossException? first = null;
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
        try
        {
            await Parallel.ForEachAsync(
                which,
                options,
                async (i, token) =>
                {
                    try
                    {
                        await work(i, token).ConfigureAwait(false);
                    }
                    catch (GoCrossException e)
                    {
                        Interlocked.CompareExchange(ref first, e, null);
                        throw;
                    }
                }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is GoCrossException or OperationCanceledException && first is not null && !cancellation.IsCancellationRequested)
        {
            throw first;
        }
    }
}
