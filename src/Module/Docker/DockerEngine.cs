using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Docker.DotNet;
using Docker.DotNet.Models;
using GoCross.Certificates;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Names;
using Newtonsoft.Json;

namespace GoCross.Docker;

/// <summary>A Docker Engine, through Docker.DotNet. Turns the client's failures into ones that say what to do.</summary>
/// <param name="client">The client. No version of the API is asked for: the engine then speaks its own.</param>
/// <param name="endpoint">How messages name the engine.</param>
/// <param name="trust">What decided on its certificate; null without TLS.</param>
internal sealed class DockerEngine(DockerClient client, string endpoint, ServerTrust? trust) : IContainerEngine
{
    private static readonly TimeSpan NamesPatience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public Task<string> GetImageIdAsync(string reference, CancellationToken cancellation) => AskAsync(
        reference,
        async () => (await client.Images.InspectImageAsync(reference, cancellation).ConfigureAwait(false)).ID ?? string.Empty,
        cancellation);

    /// <inheritdoc/>
    public Task<Stream> SaveImagesAsync(IReadOnlyList<string> references, CancellationToken cancellation) => AskAsync(
        string.Join(", ", references),
        () => client.Images.SaveImagesAsync([.. references], cancellation),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListImageNamesAsync(CancellationToken cancellation) => AskAsync<IReadOnlyList<string>>(
        reference: null,
        async () =>
        {
            IList<ImagesListResponse> images = await client.Images
                .ListImagesAsync(new ImagesListParameters(), cancellation)
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
    public void Dispose() => client.Dispose();

    private static SocketError? FindSocketError(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
            {
                return socket.SocketErrorCode;
            }
        }

        return null;
    }

    private async Task<T> AskAsync<T>(string? reference, Func<Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (DockerApiException e) when (reference is not null && e.StatusCode == HttpStatusCode.NotFound)
        {
            throw await NotFoundAsync(e, reference, cancellation).ConfigureAwait(false);
        }
        catch (DockerApiException e)
        {
            throw GoCrossException.Create(
                e, ErrorKind.ToolFailed, nameof(Messages.EngineFailed), endpoint, $"HTTP {(int)e.StatusCode}, {Said(e)}");
        }
        catch (JsonException e)
        {
            throw GoCrossException.Create(e, ErrorKind.InvalidData, nameof(Messages.EngineAnswerInvalid), endpoint, e.Message);
        }
        catch (Exception e) when (FindSocketError(e) == SocketError.AccessDenied || e.GetBaseException() is UnauthorizedAccessException)
        {
            throw GoCrossException.Create(e, ErrorKind.AccessDenied, nameof(Messages.EngineAccessDenied), endpoint);
        }
        catch (Exception e) when (e.GetBaseException() is AuthenticationException && trust?.Refusal is { } refusal)
        {
            throw GoCrossException.Create(
                e, ErrorKind.VerificationFailed, nameof(Messages.EngineCertificateRefused), endpoint, refusal);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or TimeoutException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw GoCrossException.Create(
                e, ErrorKind.Unavailable, nameof(Messages.EngineUnreachable), endpoint, e.GetBaseException().Message);
        }
    }

    private async Task<GoCrossException> NotFoundAsync(
        DockerApiException cause, string reference, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = await FindNamesAsync(cancellation).ConfigureAwait(false);
        return GoCrossException.Create(
            cause,
            ErrorKind.NotFound,
            nameof(Messages.ImageNotInEngine),
            reference,
            endpoint,
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

    // The engine's own words: {"message":"..."}, or what a proxy before it says.
    private static string Said(DockerApiException e)
    {
        const int Most = 300;
        string body = e.ResponseBody ?? string.Empty;
        try
        {
            body = JsonConvert.DeserializeAnonymousType(body, new { message = (string?)null })?.message ?? body;
        }
        catch (JsonException)
        {
            // Then it is shown as it is.
        }

        string line = string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Most ? line : line[..Most] + "...";
    }
}
