using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Names;
using GoCross.Oci;
using Newtonsoft.Json;

namespace GoCross.Isolated;

/// <summary>A Docker Engine, through Docker.DotNet: its images here, its containers in the other part.</summary>
/// <param name="client">The client. No version of the API is asked for: the engine then speaks its own.</param>
/// <param name="streams">The calls that the client cannot make.</param>
/// <param name="calls">Makes the calls, and their errors.</param>
/// <param name="isLocal">Whether the engine's processes are this machine's.</param>
/// <param name="remoteHost">The machine that the engine is on; null where it is this one.</param>
internal sealed partial class DockerEngine(
    DockerClient client, EngineStreams streams, EngineCalls calls, bool isLocal, string? remoteHost) : IContainerEngine
{
    private static readonly TimeSpan NamesTimeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Endpoint => calls.Endpoint;

    /// <inheritdoc/>
    public Task<string> GetImageIdAsync(string reference, CancellationToken cancellation) => calls.AskAsync(
        async token => (await client.Images.InspectImageAsync(reference, token).ConfigureAwait(false)).ID ?? string.Empty,
        cancellation,
        e => ImageMissingAsync(e, reference, cancellation));

    /// <inheritdoc/>
    public Task<Stream> SaveImagesAsync(
        IReadOnlyList<string> references, ImagePlatform? platform, CancellationToken cancellation) => calls.RunAsync(
        async () =>
        {
            string path = "images/get?" + string.Join('&', references.Select(reference => "names=" + Uri.EscapeDataString(reference)));
            try
            {
                return await streams.OpenAsync(path, cancellation).ConfigureAwait(false);
            }
            catch (DockerApiException e) when (!IsImageMissing(e))
            {
                // containerd's store has an index whole, and of its platforms perhaps only another than the engine's own.
                ImagePlatform? wanted = platform
                    ?? (references.Count == 1 ? await FindPlatformAsync(references[0], cancellation).ConfigureAwait(false) : null);
                if (wanted is null)
                {
                    throw;
                }

                // API reference, 1.48, "Export an image"; JSON of image-spec's platform.
                string asked = JsonConvert.SerializeObject(
                    new { os = wanted.Os, architecture = wanted.Architecture, variant = wanted.Variant ?? string.Empty });
                return await streams.OpenAsync($"{path}&platform={Uri.EscapeDataString(asked)}", cancellation).ConfigureAwait(false);
            }
        },
        cancellation,
        async e => IsImageMissing(e) ? await ImageMissingAsync(e, string.Join(", ", references), cancellation).ConfigureAwait(false) : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListImageNamesAsync(CancellationToken cancellation) => calls.AskAsync<IReadOnlyList<string>>(
        async token =>
        {
            IList<ImagesListResponse> images = await client.Images
                .ListImagesAsync(new ImagesListParameters(), token)
                .ConfigureAwait(false);

            // An image without a name has none, or the name <none>:<none>.
            return
            [
                .. images
                    .SelectMany(image => image?.RepoTags ?? [])
                    .Where(name => name is not null && !name.Contains("<none>", StringComparison.Ordinal))
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ];
        },
        cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        streams.Dispose();
        client.Dispose();
    }

    // Engines say 404 of what an image lacks, too. Docker: "No such image: NAME"; Podman: "NAME: image not known".
    private static bool IsImageMissing(DockerApiException e) =>
        e.StatusCode == HttpStatusCode.NotFound
        && (EngineCalls.Said(e) is var said)
        && (said.Contains("no such image", StringComparison.OrdinalIgnoreCase)
            || said.Contains("image not known", StringComparison.OrdinalIgnoreCase)
            || said.Contains("failed to find image", StringComparison.OrdinalIgnoreCase));

    // The first platform of an image that the engine really has (API reference, 1.48, "manifests"); null where it does not say.
    private async Task<ImagePlatform?> FindPlatformAsync(string reference, CancellationToken cancellation)
    {
        Stream answer = await streams
            .OpenAsync($"images/{Uri.EscapeDataString(reference).Replace("%2F", "/", StringComparison.Ordinal)}/json?manifests=1", cancellation)
            .ConfigureAwait(false);
        using var reader = new StreamReader(answer);
        string json = await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        var platform = new { os = (string?)null, architecture = (string?)null, variant = (string?)null };
        var shape = new { Manifests = new[] { new { Available = false, Kind = (string?)null, ImageData = new { Platform = platform } } } };
        var found = JsonConvert.DeserializeAnonymousType(json, shape)?.Manifests?
            .FirstOrDefault(manifest => manifest is { Available: true, Kind: "image" })?.ImageData?.Platform;
        return found is { os: { } os, architecture: { } architecture }
            ? new ImagePlatform(os, architecture, string.IsNullOrEmpty(found.variant) ? null : found.variant)
            : null;
    }

    private async Task<GoCrossException?> ImageMissingAsync(
        DockerApiException cause, string reference, CancellationToken cancellation)
    {
        if (cause.StatusCode != HttpStatusCode.NotFound)
        {
            return null;
        }

        IReadOnlyList<string> names = await FindNamesAsync(cancellation).ConfigureAwait(false);
        return GoCrossException.Create(
            cause,
            ErrorKind.NotFound,
            nameof(Messages.ImageNotInEngine),
            reference,
            Endpoint,
            NearNames.Describe(NearNames.Of(reference, names)));
    }

    // For an error's text alone: it may fail, and must not take long.
    private async Task<IReadOnlyList<string>> FindNamesAsync(CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(NamesTimeout);
        try
        {
            return await ListImageNamesAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is GoCrossException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return [];
        }
    }
}
