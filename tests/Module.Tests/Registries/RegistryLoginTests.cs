using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Registries;
using GoCross.Tests.Builds;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>
/// Logins: distribution's "Token Authentication Specification", RFC 9110 and docker's config.json say what is sent. Helpers
/// are found on the PATH, which these tests change.
/// </summary>
[Collection(EnvironmentCollection.Name)]
public sealed class RegistryLoginTests : IDisposable
{
    private const string Password = "a secret: word";

    private static readonly byte[] Layer = new TarBytes().File("etc/a", new byte[300_000]).End();
    private static readonly byte[] Other = new TarBytes().File("etc/b", new byte[200_000]).End();
    private static readonly string BasicSam = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("sam:" + Password));

    private readonly TemporaryDirectory _folder = new();
    private readonly FakeRegistry _registry = new();
    private readonly ConcurrentQueue<TestCall> _tokenCalls = new();
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    public RegistryLoginTests() => _registry.Image([Layer, Other]);

    private RegistryOptions Options => FakeRegistry.Options(_folder.Path);

    private string Host => _registry.Server.Authority;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        _registry.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Everybody_s_token_is_fetched_once_for_the_repository()
    {
        using TestServer tokens = Tokens(_ => "t1");
        Ask(tokens, "t1");

        Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);
        TestCall call = Assert.Single(_tokenCalls);
        Assert.Equal(("GET", "/token?account=a&service=the%20registry&scope=repository%3Ateam%2Fapi%3Apull"), (call.Method, call.Path));
        Assert.Null(call.Authorization);
    }

    [Fact]
    public void A_login_is_given_for_a_token_and_an_expired_token_for_a_new_one()
    {
        Keep($"https://{Host}/v1/", new { auth = BasicSam["Basic ".Length..] });
        using TestServer tokens = Tokens(call => call.Authorization == BasicSam ? string.Create(CultureInfo.InvariantCulture, $"t{_tokenCalls.Count}") : null);
        Ask(tokens, () => _registry.Requests("").Length > 4 ? "t2" : "t1");

        Assert.Equal(500_000, FakeRegistry.Read(_registry.Reference, Options).Size);
        Assert.Equal(2, _tokenCalls.Count);
    }

    [Fact]
    public void A_kept_token_is_given_by_post_and_an_access_token_is_sent_as_it_is()
    {
        Keep(Host, new { identitytoken = "the+refresh/token" });
        using (TestServer tokens = Tokens(call => call.Body.Contains("refresh_token=the%2Brefresh%2Ftoken", StringComparison.Ordinal) ? "t1" : null))
        {
            Ask(tokens, "t1");
            Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);
            TestCall call = Assert.Single(_tokenCalls);
            Assert.Equal(("POST", null), (call.Method, call.Authorization));
            Assert.Contains("grant_type=refresh_token", call.Body, StringComparison.Ordinal);
        }

        Keep(Host, new { registrytoken = "t9" });
        using TestServer unused = Tokens(_ => null);
        Ask(unused, "t9");
        Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);
        Assert.Single(_tokenCalls);
    }

    [Fact]
    public void Of_two_ways_the_token_is_taken_and_the_other_where_it_is_alone()
    {
        Keep(Host, new { username = "sam", password = Password });
        _registry.Before = async call =>
        {
            if (call.Authorization == BasicSam)
            {
                return false;
            }

            await call.RespondAsync(401, "", "WWW-Authenticate: Negotiate", "WWW-Authenticate: basic realm=\"a, b\"");
            return true;
        };
        Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);

        using TestServer tokens = Tokens(_ => "t1");
        Ask(tokens, "t1", "WWW-Authenticate: Basic realm=\"r\"");
        Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);
    }

    [Fact]
    public void A_refused_login_is_an_error_that_shows_no_secret_even_if_the_registry_does()
    {
        Keep(Host, new { username = "sam", password = Password });
        _registry.Before = async call =>
        {
            await call.RespondAsync(401, "", "WWW-Authenticate: Basic realm=\"r\"");
            return true;
        };
        Secretless("sam", FakeRegistry.Fails("RegistryLoginRefused", _registry.Reference, Options));

        // What it was sent comes back in its error.
        _registry.Before = async call =>
        {
            await call.RespondAsync(
                call.Authorization is null ? 401 : 403,
                JsonSerializer.Serialize(new { errors = new[] { new { code = "DENIED", message = $"{Password} {call.Authorization}" } } }),
                "WWW-Authenticate: Basic realm=\"r\"");
            return true;
        };
        Secretless("DENIED: *** Basic ***", FakeRegistry.Fails("RegistryForbidden", _registry.Reference, Options));

        using TestServer tokens = Tokens(_ => null);
        Ask(tokens, "t1");
        Secretless("sam", FakeRegistry.Fails("RegistryLoginRefused", _registry.Reference, Options));
        Configure("{}");
        Assert.Contains($"docker login {Host}", FakeRegistry.Fails("RegistryNeedsLogin", _registry.Reference, Options).Fix, StringComparison.Ordinal);
        _registry.Before = async call =>
        {
            await call.RespondAsync(401, "", "WWW-Authenticate: Basic realm=\"r\"");
            return true;
        };
        FakeRegistry.Fails("RegistryNeedsLogin", _registry.Reference, Options);

        static void Secretless(string said, GoCrossException failure)
        {
            Assert.Contains(said, failure.Message, StringComparison.Ordinal);
            foreach (string secret in new[] { Password, BasicSam["Basic ".Length..] })
            {
                Assert.DoesNotContain(secret, failure.ToString() + failure.Fix, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("Bearer service=\"x\"", "RegistryAnswerInvalid")]
    [InlineData("Bearer realm=\"ftp://host/\"", "RegistryAnswerInvalid")]
    [InlineData("Bearer realm=\"not closed", "RegistryAnswerInvalid")]
    [InlineData("Bearer", "RegistryAnswerInvalid")]
    public void A_challenge_that_is_none_is_an_error(string challenge, string errorId)
    {
        _registry.Before = async call =>
        {
            await call.RespondAsync(401, "", "WWW-Authenticate: " + challenge);
            return true;
        };

        FakeRegistry.Fails(errorId, _registry.Reference, Options);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"token\":\"two\\nlines\"}")]
    [InlineData("<html>")]
    public void A_token_that_is_none_is_an_error(string answer)
    {
        using var tokens = new TestServer(call => call.RespondAsync(200, answer));
        Ask(tokens, "t1");

        Assert.Contains("gives no token", FakeRegistry.Fails("RegistryAnswerInvalid", _registry.Reference, Options).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registry_with_TLS_does_not_get_a_password_sent_in_the_clear()
    {
        using var certificates = new TestCertificates();
        using var secure = new FakeRegistry(certificates.IssueServer());
        string host = secure.Server.Authority;
        certificates.Write(Path.Combine(_folder.Path, "certs.d", host), certificates.IssueClient(), "client");
        File.Move(Path.Combine(_folder.Path, "certs.d", host, "ca.pem"), Path.Combine(_folder.Path, "certs.d", host, "ca.crt"));
        Keep(host, new { username = "sam", password = Password });
        using TestServer tokens = Tokens(_ => "t1");
        secure.Before = async call =>
        {
            await call.RespondAsync(401, "", $"WWW-Authenticate: Bearer realm=\"http://{tokens.Authority}/token\"");
            return true;
        };

        FakeRegistry.Fails("RegistryRealmRefused", secure.Reference, Options);
        Assert.Empty(_tokenCalls);
    }

    [UnixTheory]
    [InlineData("""{"credsStore":"gocross-test"}""")]
    [InlineData("""{"credsStore":"none","credHelpers":{"HOST":"gocross-test"},"auths":{"HOST":{}}}""")]
    public void A_helper_is_asked_for_the_login(string configuration)
    {
        Configure(configuration.Replace("HOST", Host, StringComparison.Ordinal));
        Helper($$"""read -r server; [ "$1 $server" = "get {{Host}}" ] && echo '{"ServerURL":"x","Username":"sam","Secret":"{{Password}}"}'""");
        using TestServer tokens = Tokens(call => call.Authorization == BasicSam ? "t1" : null);
        Ask(tokens, "t1");

        Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);

        Helper("""echo '{"Username":"<token>","Secret":"kept"}'""");
        using TestServer posts = Tokens(call => call.Body.Contains("refresh_token=kept", StringComparison.Ordinal) ? "t1" : null);
        Ask(posts, "t1");
        Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);
    }

    [UnixFact]
    public void A_helper_that_knows_nothing_or_fails_does_no_harm_where_no_login_is_needed()
    {
        Configure("""{"credsStore":"gocross-test"}""");
        foreach ((string script, string errorId) in new[]
        {
            ("echo 'credentials not found in native keychain'; exit 1", "RegistryNeedsLogin"),
            ("echo 'the keychain is locked'; exit 1", "CredentialHelperFailed"),
            ("echo 'no JSON'", "CredentialHelperFailed"),
        })
        {
            Helper(script);
            using (TestServer everybody = Tokens(_ => "t1"))
            {
                Ask(everybody, "t1");
                Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);
            }

            using TestServer nobody = Tokens(_ => null);
            Ask(nobody, "t1");
            FakeRegistry.Fails(errorId, _registry.Reference, Options);
        }

        Configure("""{"credsStore":"gocross-none"}""");
        using TestServer tokens = Tokens(_ => null);
        Ask(tokens, "t1");
        Assert.Contains("docker-credential-gocross-none", FakeRegistry.Fails("CredentialHelperFailed", _registry.Reference, Options).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("""{"auths":{"HOST":{"auth":"no base 64!"}}}""", "base 64")]
    [InlineData("""{"auths":7}""", "auths")]
    public void A_damaged_configuration_is_an_error_where_it_is_needed(string configuration, string said)
    {
        Configure(configuration.Replace("HOST", Host, StringComparison.Ordinal));
        Assert.Equal(2, FakeRegistry.Read(_registry.Reference, Options).Layers.Count);

        using TestServer tokens = Tokens(_ => "t1");
        Ask(tokens, "t1");
        Assert.Contains(said, FakeRegistry.Fails("DockerConfigurationInvalid", _registry.Reference, Options).Message, StringComparison.Ordinal);
    }

    // RFC 9110, 11.6.1: a token or a quoted string, spaces around the equals sign, an escaped quote.
    [Theory]
    [InlineData("realm=\"https://a/b\",service=\"s\"", "realm=https://a/b service=s")]
    [InlineData("realm=plain, scope=\"a:b:pull,push c:d:*\"", "realm=plain scope=a:b:pull,push c:d:*")]
    [InlineData("Realm = \"with \\\"quotes\\\"\"", "Realm=with \"quotes\"")]
    [InlineData("realm=\"open", "")]
    [InlineData("=x, realm=y", "")]
    public void Challenges_are_read_as_HTTP_writes_them(string parameters, string expected) => Assert.Equal(
        expected,
        string.Join(' ', AuthenticateChallenge.From(new AuthenticationHeaderValue("Bearer", parameters)).Parameters.Select(pair => $"{pair.Key}={pair.Value}")));

    private void Configure(string configuration) => File.WriteAllText(Path.Combine(_folder.Path, "config.json"), configuration);

    private void Keep(string key, object login) =>
        Configure(JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [key] = login } }));

    private void Helper(string script)
    {
        string path = Path.Combine(_folder.Path, "docker-credential-gocross-test");
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Environment.SetEnvironmentVariable("PATH", _folder.Path + Path.PathSeparator + _path);
    }

    // A server that gives tokens: null refuses.
    private TestServer Tokens(Func<TestCall, string?> give) => new(async call =>
    {
        _tokenCalls.Enqueue(call);
        await (give(call) is { } token
            ? call.RespondAsync(200, $$"""{"access_token":"{{token}}","expires_in":60}""")
            : call.RespondAsync(401, """{"details":"wrong"}"""));
    });

    private void Ask(TestServer tokens, string token, params string[] more) => Ask(tokens, () => token, more);

    private void Ask(TestServer tokens, Func<string> token, params string[] more) => _registry.Before = async call =>
    {
        if (call.Authorization == "Bearer " + token())
        {
            return false;
        }

        await call.RespondAsync(401, "", [.. more, $"WWW-Authenticate: Bearer realm=\"http://{tokens.Authority}/token?account=a\",service=\"the registry\",scope=\"repository:team/api:pull\""]);
        return true;
    };
}
