using Docker.DotNet.Models;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Oci;
using GoCross.Registries;

namespace GoCross.Isolated;

/// <content>What an image is, and how it comes.</content>
internal sealed partial class DockerEngine
{
    /// <inheritdoc/>
    public Task<EngineImage> InspectImageAsync(string reference, CancellationToken cancellation) => calls.AskAsync(
        async token =>
        {
            ImageInspectResponse image = await client.Images.InspectImageAsync(reference, token).ConfigureAwait(false);
            var environment = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string entry in image.Config?.Env ?? [])
            {
                int equals = entry.IndexOf('=', StringComparison.Ordinal);
                environment[equals < 0 ? entry : entry[..equals]] = equals < 0 ? string.Empty : entry[(equals + 1)..];
            }

            // Docker 29 says nothing of an image that it has for another platform alone.
            ImagePlatform? platform = string.IsNullOrEmpty(image.Architecture)
                ? await FindPlatformAsync(reference, token).ConfigureAwait(false)
                : new ImagePlatform(image.Os ?? string.Empty, image.Architecture);
            return new EngineImage(image.ID ?? string.Empty, platform, environment)
            {
                RepositoryDigests = [.. (image.RepoDigests ?? []).Where(digest => digest is not null)],
            };
        },
        cancellation,
        e => ImageMissingAsync(e, reference, cancellation));

    /// <inheritdoc/>
    public async Task PullImageAsync(string reference, Action<string> onStatus, CancellationToken cancellation)
    {
        var name = ImageReference.Parse(reference);
        AuthConfig login = await LoginAsync(name.Domain, cancellation).ConfigureAwait(false);
        string? failure = null;
        var progress = new PullReports(message =>
        {
            if ((message.Error?.Message ?? message.ErrorMessage) is { } error)
            {
                failure = error;
            }
            else if (message.Status is { } status)
            {
                onStatus(message.ID is null ? status : $"{message.ID}: {status}");
            }
        });
        await calls.RunAsync(
            async () =>
            {
                var parameters = new ImagesCreateParameters
                {
                    FromImage = name.Repository,
                    Tag = name.TagOrDigest,
                };
                await client.Images.CreateImageAsync(parameters, login, progress, cancellation).ConfigureAwait(false);
                return true;
            },
            cancellation,
            e => Task.FromResult<GoCrossException?>(PullFailed(name, EngineCalls.Said(e)))).ConfigureAwait(false);
        if (failure is not null)
        {
            throw PullFailed(name, failure);
        }
    }

    private GoCrossException PullFailed(ImageReference name, string reason) => GoCrossException.Create(
        ErrorKind.NotFound, nameof(Messages.ImagePullFailed), name.CanonicalName, Endpoint, reason);

    // As docker pull does: what is open to everybody comes without a login, too.
    private static async Task<AuthConfig> LoginAsync(string host, CancellationToken cancellation)
    {
        try
        {
            RegistryCredential? found = await DockerCredentials
                .FindAsync(DockerConfiguration.DefaultFolder, host, cancellation)
                .ConfigureAwait(false);
            return found is null ? new AuthConfig() : new AuthConfig
            {
                Username = found.UserName,
                Password = found.Password,
                IdentityToken = found.IdentityToken,
                RegistryToken = found.RegistryToken,
                ServerAddress = host,
            };
        }
        catch (GoCrossException e) when (e.ErrorId == nameof(Messages.CredentialHelperFailed))
        {
            return new AuthConfig();
        }
    }

    // Progress<T> would report on another thread, after the call has ended.
    private sealed class PullReports(Action<JSONMessage> report) : IProgress<JSONMessage>
    {
        public void Report(JSONMessage value) => report(value);
    }
}
