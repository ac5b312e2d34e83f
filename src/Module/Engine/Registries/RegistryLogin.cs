using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GoCross.Errors;

namespace GoCross.Registries;

/// <summary>
/// Logs in to a registry: with a name and a password, or with a token that another server gives for them, or gives to
/// everybody (distribution, "Token Authentication Specification"). Safe on every thread.
/// </summary>
/// <param name="http">The connections.</param>
/// <param name="host">The registry, as its login is called.</param>
/// <param name="scopes">What is asked for.</param>
/// <param name="options">Where the logins are.</param>
internal sealed class RegistryLogin(RegistryHttp http, string host, TokenScopes scopes, RegistryOptions options) : IDisposable
{
    private const string Basic = "Basic";
    private const string Bearer = "Bearer";
    private const string ClientId = "gocross";
    private const int MaxTokenBytes = 1 << 20;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private RegistryCredential? _credential;
    private GoCrossException? _credentialFailure;
    private bool _hasLooked;
    private ImmutableHashSet<string> _secrets = [];

    /// <summary>What requests carry; null before the registry has asked for anything.</summary>
    internal AuthenticationHeaderValue? Authorization { get; private set; }

    /// <summary>Whether it is somebody whom the registry knows.</summary>
    internal bool HasCredential => _credential is not null;

    /// <summary>Answers a registry that asks for a login. Afterwards <see cref="Authorization"/> is another.</summary>
    /// <param name="challenges">The ways that it offers.</param>
    /// <param name="used">What it was sent.</param>
    /// <param name="registry">Its address.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">
    /// RegistryNeedsLogin; RegistryLoginRefused; CredentialHelperFailed; RegistryAnswerInvalid; RegistryRealmRefused; what
    /// sending throws.
    /// </exception>
    internal async Task AnswerAsync(
        IReadOnlyList<AuthenticateChallenge> challenges,
        AuthenticationHeaderValue? used,
        Uri registry,
        CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!Equals(Authorization, used))
            {
                // Another request has done it meanwhile.
                return;
            }

            await LookAsync(cancellation).ConfigureAwait(false);
            if (challenges.FirstOrDefault(challenge => challenge.Is(Bearer)) is { } bearer)
            {
                string token = _credential?.RegistryToken
                    ?? await FetchTokenAsync(bearer, registry, cancellation).ConfigureAwait(false);
                _secrets = _secrets.Add(token);
                Authorization = new AuthenticationHeaderValue(Bearer, token);
            }
            else if (challenges.Any(challenge => challenge.Is(Basic)))
            {
                Authorization = _credential?.UserName is null ? throw Refusal() : BasicHeader();
            }
            else
            {
                throw GoCrossException.Create(
                    ErrorKind.Unsupported,
                    nameof(Messages.RegistryAnswerInvalid),
                    host,
                    "it asks for a login that is neither Basic nor Bearer");
            }

            if (Equals(Authorization, used))
            {
                throw Refusal();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The error for a registry that does not let in whoever this is.</summary>
    internal GoCrossException Refusal()
    {
        if (_credential is not null)
        {
            string user = _credential.UserName ?? "the token that is kept for it";
            return GoCrossException.Create(ErrorKind.AccessDenied, nameof(Messages.RegistryLoginRefused), host, user);
        }

        return _credentialFailure
            ?? GoCrossException.Create(ErrorKind.AccessDenied, nameof(Messages.RegistryNeedsLogin), host);
    }

    /// <summary>Takes out of a text what is secret.</summary>
    internal string Hide(string text) => ServerText.Hide(text, _secrets);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    // Only once a registry asks: what is open to everybody needs no login and no helper.
    private async Task LookAsync(CancellationToken cancellation)
    {
        if (_hasLooked)
        {
            return;
        }

        try
        {
            _credential = await DockerCredentials
                .FindAsync(options.ConfigurationFolder, host, cancellation)
                .ConfigureAwait(false);
        }
        catch (GoCrossException e) when (e.ErrorId == nameof(Messages.CredentialHelperFailed))
        {
            // What is open to everybody is so without it, too. If that is refused, this is the reason.
            _credentialFailure = e;
        }

        _hasLooked = true;
        if (_credential is not null)
        {
            _secrets = _secrets.Union(_credential.Secrets).Add(BasicHeader().Parameter!);
        }
    }

    private AuthenticationHeaderValue BasicHeader() => new(
        Basic, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_credential!.UserName}:{_credential.Password}")));

    private async Task<string> FetchTokenAsync(
        AuthenticateChallenge challenge, Uri registry, CancellationToken cancellation)
    {
        if (!challenge.Parameters.TryGetValue("realm", out string? text)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? realm)
            || (realm.Scheme != Uri.UriSchemeHttps && realm.Scheme != Uri.UriSchemeHttp))
        {
            throw Invalid("it does not say where its tokens are given");
        }

        // The registry says who gets the password: not somebody whom all can listen to, unless it is so itself.
        if (realm.Scheme != registry.Scheme && realm.Scheme != Uri.UriSchemeHttps)
        {
            throw GoCrossException.Create(
                ErrorKind.VerificationFailed, nameof(Messages.RegistryRealmRefused), host, ServerText.Address(realm));
        }

        string? service = challenge.Parameters.GetValueOrDefault("service");
        IReadOnlyList<string> asked = scopes.For(challenge.Parameters.GetValueOrDefault("scope"));
        HttpResponseMessage response = await http
            .SendAsync(() => TokenRequest(realm, service, asked), cancellation)
            .ConfigureAwait(false);
        if (IsRefusal(response) && scopes.HasOptional)
        {
            // Some servers give a token for all that is asked, or none. It was asked for more than is needed.
            response.Dispose();
            scopes.DropOptional();
            asked = scopes.For(challenge.Parameters.GetValueOrDefault("scope"));
            response = await http
                .SendAsync(() => TokenRequest(realm, service, asked), cancellation)
                .ConfigureAwait(false);
        }

        using (response)
        {
            if (IsRefusal(response))
            {
                throw Refusal();
            }

            if (!response.IsSuccessStatusCode)
            {
                string said = Hide(await http.DescribeAsync(response, cancellation).ConfigureAwait(false));
                throw response.StatusCode == HttpStatusCode.TooManyRequests
                    ? GoCrossException.Create(ErrorKind.Unavailable, nameof(Messages.RegistryBusy), host, said)
                    : Invalid($"{ServerText.Address(realm)}, which gives its tokens, answers {said}");
            }

            byte[]? body = await http.ReadBodyAsync(response, MaxTokenBytes, cancellation).ConfigureAwait(false);
            return ReadToken(body) ?? throw Invalid($"{ServerText.Address(realm)} gives no token");
        }
    }

    private bool IsRefusal(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        || (_credential is not null && response.StatusCode == HttpStatusCode.BadRequest);

    // A kept token is given by POST, as OAuth 2.0 has it; all else is asked by GET, which every server knows.
    private HttpRequestMessage TokenRequest(Uri realm, string? service, IReadOnlyList<string> asked)
    {
        List<KeyValuePair<string, string>> query = service is null ? [] : [new("service", service)];
        if (_credential?.IdentityToken is { } identity)
        {
            return new HttpRequestMessage(HttpMethod.Post, realm)
            {
                Content = new FormUrlEncodedContent(
                [
                    .. query,
                    new("scope", string.Join(' ', asked)),
                    new("grant_type", "refresh_token"),
                    new("refresh_token", identity),
                    new("client_id", ClientId),
                ]),
            };
        }

        // "This query parameter should be specified multiple times if there is more than one scope entry."
        query.AddRange(asked.Select(scope => new KeyValuePair<string, string>("scope", scope)));
        var address = new UriBuilder(realm);
        IEnumerable<string> parts = query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}");
        address.Query = string.Join('&', [.. address.Query.Length > 1 ? [address.Query[1..]] : (string[])[], .. parts]);
        var request = new HttpRequestMessage(HttpMethod.Get, address.Uri);
        request.Options.Set(RegistryHttp.IsPassedOn, true);
        request.Headers.Authorization = _credential?.UserName is null ? null : BasicHeader();
        return request;
    }

    // A header's value: what has line breaks or spaces is none (RFC 6750, 2.1).
    private static string? ReadToken(byte[]? body)
    {
        try
        {
            TokenDocument? document = body is null ? null : JsonSerializer.Deserialize(body, RegistryJson.Default.TokenDocument);
            string? token = string.IsNullOrEmpty(document?.Token) ? document?.AccessToken : document.Token;
            return string.IsNullOrEmpty(token) || !token.All(character => character is > ' ' and < '\x7F') ? null : token;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private GoCrossException Invalid(string what) => GoCrossException.Create(
        ErrorKind.InvalidData, nameof(Messages.RegistryAnswerInvalid), host, what);
}
