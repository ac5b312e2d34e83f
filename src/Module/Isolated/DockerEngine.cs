using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Names;

namespace GoCross.Isolated;

/// <summary>A Docker Engine, through Docker.DotNet: its images here, its containers in the other part.</summary>
/// <param name="client">The client. No version of the API is asked for: the engine then speaks its own.</param>
/// <param name="streams">The calls that the client cannot make.</param>
/// <param name="calls">Makes the calls, and their errors.</param>
/// <param name="isLocal">Whether the engine's processes are this machine's.</param>
internal sealed partial class DockerEngine(DockerClient client, EngineStreams streams, EngineCalls calls, bool isLocal) : IContainerEngine
{
    private static readonly TimeSpan NamesPatience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Endpoint => calls.Endpoint;

    /// <inheritdoc/>
    public Task<string> GetImageIdAsync(string reference, CancellationToken cancellation) => calls.AskAsync(
        async token => (await client.Images.InspectImageAsync(reference, token).ConfigureAwait(false)).ID ?? string.Empty,
        cancellation,
        e => ImageMissingAsync(e, reference, cancellation));

    /// <inheritdoc/>
    public Task<Stream> SaveImagesAsync(IReadOnlyList<string> references, CancellationToken cancellation) => calls.RunAsync(
        () => client.Images.SaveImagesAsync([.. references], cancellation),
        cancellation,
        e => ImageMissingAsync(e, string.Join(", ", references), cancellation));

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
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(NamesPatience);
        try
        {
            return await ListImageNamesAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is GoCrossException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return [];
        }
    }
}
