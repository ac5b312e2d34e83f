using System.Net;
using System.Net.Http.Headers;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Registries;

/// <summary>Sends manifests and indexes (OCI distribution-spec 1.1, "Pushing manifests").</summary>
/// <param name="client">The repository.</param>
/// <param name="reference">The image that is pushed.</param>
internal sealed class ManifestUpload(RegistryClient client, ImageReference reference)
{
    // distribution-spec, "Pushing manifests": registries take manifests of up to 4 MiB.
    private const int MaxDocumentBytes = 4 << 20;

    /// <summary>Sends a manifest or an index.</summary>
    /// <param name="document">The manifest.</param>
    /// <param name="tagOrDigest">What it is to be called by.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Whether the registry lists it by itself with the manifest that is its subject.</returns>
    /// <exception cref="GoCrossException">
    /// RegistryManifestRefused; RegistryTagImmutable; RegistryDigestDiffers; RegistryRepositoryMissing;
    /// RegistryPushUnsupported; what <see cref="RegistryClient.AskAsync"/> throws.
    /// </exception>
    internal async Task<bool> SendAsync(ImageDocument document, string tagOrDigest, CancellationToken cancellation)
    {
        Uri address = await client.AddressAsync($"manifests/{tagOrDigest}", cancellation).ConfigureAwait(false);
        using HttpResponseMessage response = await client.AskAsync(
            HttpMethod.Put,
            address,
            request =>
            {
                request.Content = new ReadOnlyMemoryContent(document.Content);
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(document.MediaType);
            },
            isOnce: false,
            cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            string said = await client.DescribeAsync(response, cancellation).ConfigureAwait(false);
            if (IsRefusal(response) && !Digests.IsValid(tagOrDigest) && await IsThereAsync(tagOrDigest, document.Digest, cancellation).ConfigureAwait(false))
            {
                // Where no tag may be changed, one that is this image's already does not have to be.
                return false;
            }

            throw Refused(response, document, tagOrDigest, said);
        }

        string? stated = Header(response, "Docker-Content-Digest")
            ?? (await client.GetManifestAsync(tagOrDigest, MaxDocumentBytes, cancellation).ConfigureAwait(false)).Digest;
        return Digests.IsValid(stated) && stated != document.Digest
            ? throw GoCrossException.Create(
                ErrorKind.VerificationFailed,
                nameof(Messages.RegistryDigestDiffers),
                new BlobLabel(client.Name, $"manifests/{tagOrDigest}"),
                stated,
                document.Digest)
            : Header(response, "OCI-Subject") is not null;
    }

    /// <summary>
    /// Sends manifests that are about others. A registry that does not list them by itself gets the list as an index, under
    /// a tag that is made of the subject's digest ("Referrers Tag Schema").
    /// </summary>
    /// <param name="referrers">The manifests.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">What <see cref="SendAsync"/> throws; ReferrersTagTaken.</exception>
    internal async Task SendReferrersAsync(IReadOnlyList<ImageDocument> referrers, CancellationToken cancellation)
    {
        List<ImageDocument> unlisted = [];
        foreach (ImageDocument document in referrers)
        {
            if (!await SendAsync(document, document.Digest, cancellation).ConfigureAwait(false))
            {
                unlisted.Add(document);
            }
        }

        foreach (IGrouping<string, ImageDocument> group in unlisted.GroupBy(referrer => referrer.Manifest.Subject!.Digest!, StringComparer.Ordinal))
        {
            string tag = group.Key.Replace(':', '-');
            RegistryManifest? known = await client.FindManifestAsync(tag, MaxDocumentBytes, cancellation).ConfigureAwait(false);
            ImageDocument list = ReferrersIndex.Add(known, new BlobLabel(client.Name, $"manifests/{tag}"), group);
            await SendAsync(list, tag, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsThereAsync(string tag, string digest, CancellationToken cancellation)
    {
        try
        {
            return (await client.FindManifestAsync(tag, MaxDocumentBytes, cancellation).ConfigureAwait(false))?.Digest == digest;
        }
        catch (GoCrossException)
        {
            // The answer to what was asked for is the one that counts.
            return false;
        }
    }

    // Registries agree on no status for a tag that must not change: 400, 403, 409, 412. They say it in words.
    private GoCrossException Refused(HttpResponseMessage response, ImageDocument document, string tagOrDigest, string said)
    {
        if (IsRefusal(response) && said.Contains("immutab", StringComparison.OrdinalIgnoreCase) && !Digests.IsValid(tagOrDigest))
        {
            return GoCrossException.Create(
                ErrorKind.AlreadyExists, nameof(Messages.RegistryTagImmutable), reference.CanonicalName, said);
        }

        return response.StatusCode switch
        {
            HttpStatusCode.NotFound when said.Contains("NAME_UNKNOWN", StringComparison.Ordinal) => GoCrossException.Create(
                ErrorKind.NotFound, nameof(Messages.RegistryRepositoryMissing), client.Name, said, reference.Path),
            HttpStatusCode.MethodNotAllowed => GoCrossException.Create(
                ErrorKind.Unsupported, nameof(Messages.RegistryPushUnsupported), client.Name, said),
            HttpStatusCode.Forbidden => client.Failure(response, said),
            _ when IsRefusal(response) => GoCrossException.Create(
                ErrorKind.VerificationFailed, nameof(Messages.RegistryManifestRefused), document.Digest, said),
            _ => client.Failure(response, said),
        };
    }

    private static bool IsRefusal(HttpResponseMessage response) =>
        (int)response.StatusCode is >= 400 and < 500 && response.StatusCode != HttpStatusCode.TooManyRequests;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
}
