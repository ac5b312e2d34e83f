using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using GoCross.Certificates;
using GoCross.Errors;
using GoCross.Names;
using GoCross.Oci;

namespace GoCross.Registries;

/// <summary>
/// A repository in a registry, over the HTTP API v2 (OCI distribution-spec). Safe on every thread. Nothing is sent before
/// the first call, and nothing is stored.
/// </summary>
internal sealed class RegistryClient : IDisposable
{
    private const string ApiRoot = "/v2/";

    private const int MaxTagBytes = 1 << 20;

    private static readonly TimeSpan TagTimeout = TimeSpan.FromSeconds(5);

    private readonly ImageReference _reference;
    private readonly string _authority;
    private readonly bool _isPushed;
    private readonly bool _mayBePlain;
    private readonly ServerTrust _trust;
    private readonly X509Certificate2? _certificate;
    private readonly RegistryHttp _http;
    private readonly RegistryLogin _login;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Uri? _origin;

    /// <summary>Prepares to talk to the registry of an image.</summary>
    /// <param name="reference">The image.</param>
    /// <param name="options">Where the settings are.</param>
    /// <param name="sources">
    /// The repositories of the registry from which blobs are taken over, where the image is pushed; null where it is read.
    /// </param>
    /// <exception cref="GoCrossException">ImageReferenceInvalid; CertificateUnreadable; DockerConfigurationInvalid.</exception>
    internal RegistryClient(ImageReference reference, RegistryOptions options, IReadOnlyList<string>? sources = null)
    {
        _reference = reference;
        _isPushed = sources is not null;
        Options = options;
        _authority = AuthorityOf(reference);
        if (!Uri.TryCreate($"{Uri.UriSchemeHttps}://{_authority}", UriKind.Absolute, out Uri? address))
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ImageReferenceInvalid), reference.ToString());
        }

        bool isAllowed = InsecureRegistries.Read(options.DaemonConfigurations).Contains(address, reference.Domain);
        RegistryCertificates certificates = RegistryCertificates.Read(options.CertificateFolders, reference.Domain);
        _mayBePlain = isAllowed || address.IsLoopback;
        _trust = isAllowed ? ServerTrust.Anybody() : ServerTrust.SystemAnd(certificates.Authorities);
        _certificate = certificates.Client;
        _http = new RegistryHttp(address, _trust, _certificate, options);
        _login = new RegistryLogin(_http, reference.Domain, new TokenScopes(reference.Path, sources), options);
    }

    /// <summary>The host and port that answer for an image's registry: Docker Hub's is another than its name.</summary>
    internal static string AuthorityOf(ImageReference reference) =>
        reference.Domain == ImageReference.DefaultDomain ? "registry-1.docker.io" : reference.Domain;

    /// <summary>How messages name the repository.</summary>
    internal string Name => _reference.Repository;

    /// <summary>How long it waits, and how often it tries.</summary>
    internal RegistryOptions Options { get; }

    /// <summary>Reads a manifest or an index, and verifies it if it was asked for by its digest.</summary>
    /// <param name="tagOrDigest">Which.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">RegistryImageNotFound; what <see cref="FindManifestAsync"/> throws.</exception>
    internal async Task<RegistryManifest> GetManifestAsync(string tagOrDigest, int limit, CancellationToken cancellation) =>
        await FindManifestAsync(tagOrDigest, limit, cancellation).ConfigureAwait(false)
        ?? throw await NotFoundAsync(tagOrDigest, cancellation).ConfigureAwait(false);

    /// <summary>Reads a manifest or an index that may not be there.</summary>
    /// <param name="tagOrDigest">Which.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The manifest; null where there is none of that name.</returns>
    /// <exception cref="GoCrossException">ImageJsonLimit; DigestMismatch; what <see cref="SendAsync"/> throws.</exception>
    internal async Task<RegistryManifest?> FindManifestAsync(string tagOrDigest, int limit, CancellationToken cancellation)
    {
        var label = new BlobLabel(Name, $"manifests/{tagOrDigest}");
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Get,
            $"manifests/{tagOrDigest}",
            static request =>
            {
                foreach (string type in MediaTypes.ManifestsAndIndexes)
                {
                    request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
                }
            },
            cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        byte[] content = await ReadAsync(response, label, limit, cancellation).ConfigureAwait(false);
        string actual = Digests.Of(content);
        string? stated = Digests.IsValid(tagOrDigest) ? tagOrDigest
            : response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) ? values.FirstOrDefault()
            : null;
        return Digests.IsValid(stated) && stated != actual
            ? throw GoCrossException.Create(
                ErrorKind.InvalidData, nameof(Messages.DigestMismatch), label, stated, actual)
            : new RegistryManifest(response.Content.Headers.ContentType?.MediaType, actual, content);
    }

    /// <summary>Reads a small blob, such as a configuration. Its digest is for the caller to compare.</summary>
    /// <param name="digest">Which.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">RegistryBlobMissing; ImageJsonLimit; what <see cref="SendAsync"/> throws.</exception>
    internal async Task<byte[]> GetBlobAsync(string digest, int limit, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Get, $"blobs/{digest}", null, cancellation).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound
            ? throw BlobMissing(digest)
            : await ReadAsync(response, new BlobLabel(Name, $"blobs/{digest}"), limit, cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether the repository has a blob.</summary>
    /// <exception cref="GoCrossException">What <see cref="SendAsync"/> throws.</exception>
    internal async Task<bool> HasBlobAsync(string digest, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Head, $"blobs/{digest}", null, cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Asks for a blob from a place on.</summary>
    /// <param name="digest">Which.</param>
    /// <param name="offset">The first byte that is wanted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>
    /// The answer's head: 206 if the body begins at the offset, 200 if it begins at the blob's beginning. The caller disposes
    /// it.
    /// </returns>
    /// <exception cref="GoCrossException">RegistryBlobMissing; what <see cref="SendAsync"/> throws.</exception>
    internal async Task<HttpResponseMessage> OpenBlobAsync(string digest, long offset, CancellationToken cancellation)
    {
        HttpResponseMessage response = await SendAsync(
            HttpMethod.Get,
            $"blobs/{digest}",
            offset == 0 ? null : request => request.Headers.Range = new RangeHeaderValue(offset, null),
            cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            return response;
        }

        response.Dispose();
        throw BlobMissing(digest);
    }

    /// <summary>Sends a request to the repository, logged in where the registry asks for it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">What is asked for, below the repository.</param>
    /// <param name="prepare">Adds to each request that is made; null for nothing.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>An answer that is a success, or 404. The caller disposes it.</returns>
    /// <exception cref="GoCrossException">
    /// RegistryForbidden; RegistryBusy; RegistryFailed; what <see cref="AskAsync"/> throws.
    /// </exception>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, Action<HttpRequestMessage>? prepare, CancellationToken cancellation)
    {
        Uri address = await AddressAsync(path, cancellation).ConfigureAwait(false);
        HttpResponseMessage response = await AskAsync(method, address, prepare, isOnce: false, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound)
        {
            return response;
        }

        using (response)
        {
            throw Failure(response, await DescribeAsync(response, cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>The address of something below the repository.</summary>
    /// <exception cref="GoCrossException">RegistryUnreachable; RegistryCertificateRefused; RegistryStalled.</exception>
    internal async Task<Uri> AddressAsync(string path, CancellationToken cancellation) => new(
        await FindOriginAsync(cancellation).ConfigureAwait(false), $"{ApiRoot}{_reference.Path}/{path}");

    /// <summary>Sends a request, logged in where the registry asks for it, and gives whatever is answered.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">Where to. A server that is not the registry's gets no login.</param>
    /// <param name="prepare">Adds to each request that is made; null for nothing.</param>
    /// <param name="isOnce">Whether what fails for reasons that pass is left to the caller.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The answer's head, of any status but 401. The caller disposes it.</returns>
    /// <exception cref="GoCrossException">
    /// RegistryUnreachable; RegistryCertificateRefused; RegistryStalled; RegistryRedirects; RegistryRedirectRefused;
    /// RegistryAddressRefused; RegistryPushForbidden; what <see cref="RegistryLogin.AnswerAsync"/> throws.
    /// </exception>
    internal async Task<HttpResponseMessage> AskAsync(
        HttpMethod method, Uri address, Action<HttpRequestMessage>? prepare, bool isOnce, CancellationToken cancellation)
    {
        Uri origin = await FindOriginAsync(cancellation).ConfigureAwait(false);
        bool isOwn = RegistryHttp.IsSameServer(address, origin);
        AuthenticationHeaderValue? used = _login.Authorization;
        HttpResponseMessage response = await TryAsync().ConfigureAwait(false);
        if (IsUnauthorized(response))
        {
            using (response)
            {
                AuthenticateChallenge[] challenges = ChallengesOf(response);
                if (used is not null && IsShortOfRights(challenges))
                {
                    throw Forbidden(await DescribeAsync(response, cancellation).ConfigureAwait(false));
                }

                await _login.AnswerAsync(challenges, used, origin, cancellation).ConfigureAwait(false);
            }

            used = _login.Authorization;
            response = await TryAsync().ConfigureAwait(false);
        }

        if (!IsUnauthorized(response))
        {
            return response;
        }

        using (response)
        {
            throw IsShortOfRights(ChallengesOf(response))
                ? Forbidden(await DescribeAsync(response, cancellation).ConfigureAwait(false))
                : _login.Refusal();
        }

        Task<HttpResponseMessage> TryAsync() =>
            isOnce ? _http.FollowAsync(Make, cancellation) : _http.SendAsync(Make, cancellation);

        HttpRequestMessage Make()
        {
            var request = new HttpRequestMessage(method, address);
            request.Headers.Authorization = isOwn ? used : null;
            prepare?.Invoke(request);
            return request;
        }

        bool IsUnauthorized(HttpResponseMessage answer) =>
            answer.StatusCode == HttpStatusCode.Unauthorized
            && RegistryHttp.IsSameServer(answer.RequestMessage!.RequestUri!, origin);
    }

    /// <summary>What a failed answer says, in one line and without secrets.</summary>
    internal async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        _login.Hide(await _http.DescribeAsync(response, cancellation).ConfigureAwait(false));

    /// <summary>The error for an answer that is one, whatever was asked.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="said">What it says.</param>
    internal GoCrossException Failure(HttpResponseMessage response, string said) => response.StatusCode switch
    {
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => Forbidden(said),
        HttpStatusCode.TooManyRequests => GoCrossException.Create(
            ErrorKind.Unavailable,
            nameof(Messages.RegistryBusy),
            _reference.Domain,
            RegistryHttp.RetryAfter(response) is { } asked ? $"{said}; it asks to wait {Math.Ceiling(asked.TotalSeconds)} s" : said),
        _ => GoCrossException.Create(
            ErrorKind.Unavailable,
            nameof(Messages.RegistryFailed),
            ServerText.Address(response.RequestMessage!.RequestUri!),
            said),
    };

    /// <summary>Waits before an attempt that follows another.</summary>
    internal Task PauseAsync(int attempt, CancellationToken cancellation) =>
        Task.Delay(_http.PauseAfter(attempt), cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _login.Dispose();
        _http.Dispose();
        _gate.Dispose();
        _certificate?.Dispose();
    }

    /// <summary>The error for a blob that the manifest names and the registry does not have.</summary>
    internal GoCrossException BlobMissing(string digest) =>
        GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.RegistryBlobMissing), Name, digest);

    // TLS, but where its absence is allowed: there, what is not a TLS server is asked in the clear, as Docker does it.
    private async Task<Uri> FindOriginAsync(CancellationToken cancellation)
    {
        if (_origin is not null)
        {
            return _origin;
        }

        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var secure = new Uri($"{Uri.UriSchemeHttps}://{_authority}");
            return _origin ??= !_mayBePlain || await SpeaksTlsAsync(secure, cancellation).ConfigureAwait(false)
                ? secure
                : new Uri($"{Uri.UriSchemeHttp}://{_authority}");
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<bool> SpeaksTlsAsync(Uri secure, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(secure, ApiRoot));
            using HttpResponseMessage response = await _http.SendOnceAsync(request, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (GoCrossException e) when (
            e.ErrorId == nameof(Messages.RegistryUnreachable) && !_trust.WasAsked && !(IsClosed(e) && !secure.IsDefaultPort))
        {
            return false;
        }
    }

    // Where nobody listens, there is nobody without TLS either, unless that has another port.
    private static bool IsClosed(GoCrossException failure) =>
        failure.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private async Task<byte[]> ReadAsync(
        HttpResponseMessage response, BlobLabel label, int limit, CancellationToken cancellation)
    {
        byte[]? content = await _http.ReadBodyAsync(response, limit, cancellation).ConfigureAwait(false);
        return content ?? throw GoCrossException.Create(
            ErrorKind.LimitExceeded,
            nameof(Messages.ImageJsonLimit),
            label,
            response.Content.Headers.ContentLength ?? limit + 1L,
            limit);
    }

    private GoCrossException Forbidden(string said) => GoCrossException.Create(
        ErrorKind.AccessDenied,
        _isPushed ? nameof(Messages.RegistryPushForbidden) : nameof(Messages.RegistryForbidden),
        Name,
        said,
        _reference.Domain);

    private static AuthenticateChallenge[] ChallengesOf(HttpResponseMessage response) =>
        [.. response.Headers.WwwAuthenticate.Select(AuthenticateChallenge.From)];

    // RFC 6750, 3.1: the token is good, and not good enough. Known users alone: others log in first.
    private bool IsShortOfRights(AuthenticateChallenge[] challenges) =>
        _isPushed
        && _login.HasCredential
        && challenges.Any(challenge => challenge.Parameters.GetValueOrDefault("error") == "insufficient_scope");

    private async Task<GoCrossException> NotFoundAsync(string tagOrDigest, CancellationToken cancellation)
    {
        IReadOnlyList<string> tags = await FindTagsAsync(cancellation).ConfigureAwait(false);
        IReadOnlyList<string> near = Digests.IsValid(tagOrDigest) ? [] : NearNames.Of(tagOrDigest, tags);
        string[] shown = [.. (near.Count > 0 ? near : tags.Take(5)).Select(ServerText.Clean)];
        return GoCrossException.Create(
            ErrorKind.NotFound, nameof(Messages.RegistryImageNotFound), Name, tagOrDigest, NearNames.Describe(shown));
    }

    // For an error's text alone: it may fail, and must not take long.
    private async Task<IReadOnlyList<string>> FindTagsAsync(CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(TagTimeout);
        try
        {
            using HttpResponseMessage response = await SendAsync(
                HttpMethod.Get, "tags/list?n=1000", null, timeout.Token).ConfigureAwait(false);
            byte[]? body = response.IsSuccessStatusCode
                ? await _http.ReadBodyAsync(response, MaxTagBytes, timeout.Token).ConfigureAwait(false)
                : null;
            TagsDocument? document = body is null ? null : JsonSerializer.Deserialize(body, RegistryJson.Default.TagsDocument);
            return [.. (document?.Tags ?? []).OfType<string>()];
        }
        catch (Exception e) when (e is GoCrossException or JsonException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return [];
        }
    }
}
