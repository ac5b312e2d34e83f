using System.Text;
using System.Text.Json;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Processes;

namespace GoCross.Registries;

/// <summary>
/// The logins that docker login keeps: in config.json, or with a helper program (github.com/docker/docker-credential-helpers).
/// </summary>
internal static class DockerCredentials
{
    private const string DockerHub = "docker.io";

    // What docker login has called Docker Hub since its first version.
    private const string DockerHubKey = "https://index.docker.io/v1/";

    // How a helper says that the name is none, and that what it gives is a token.
    private const string NotFound = "credentials not found";
    private const string TokenUser = "<token>";

    private static readonly TimeSpan HelperTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Finds the login for a registry.</summary>
    /// <param name="folder">The directory of config.json.</param>
    /// <param name="host">The registry, with its port if there is one.</param>
    /// <param name="cancellation">Ends the helper.</param>
    /// <returns>The login; null where nobody has logged in.</returns>
    /// <exception cref="GoCrossException">DockerConfigurationInvalid; CredentialHelperFailed.</exception>
    internal static async Task<RegistryCredential?> FindAsync(string folder, string host, CancellationToken cancellation)
    {
        var configuration = DockerConfiguration.Read(folder);
        string key = host == DockerHub ? DockerHubKey : host;
        string? helper = configuration.CredHelpers?.GetValueOrDefault(key)
            ?? configuration.CredHelpers?.GetValueOrDefault(host)
            ?? configuration.CredsStore;
        RegistryCredential? kept = string.IsNullOrEmpty(helper)
            ? null
            : await AskAsync(helper, key, host, cancellation).ConfigureAwait(false);
        return kept ?? FromFile(configuration, key, host, folder);
    }

    // docker config/configfile, GetAuthConfig: the key itself, else the first that has the same host.
    private static RegistryCredential? FromFile(DockerConfiguration configuration, string key, string host, string folder)
    {
        Dictionary<string, DockerLogin?> logins = configuration.Auths ?? [];
        DockerLogin? login = logins.GetValueOrDefault(key)
            ?? logins.FirstOrDefault(pair => HostOf(pair.Key) == HostOf(key) || HostOf(pair.Key) == host).Value;
        if (login is null)
        {
            return null;
        }

        string? user = login.Username;
        string? password = login.Password;
        if (!string.IsNullOrEmpty(login.Auth))
        {
            (user, password) = Decode(login.Auth) ?? throw GoCrossException.Create(
                ErrorKind.InvalidData,
                nameof(Messages.DockerConfigurationInvalid),
                Path.Combine(folder, "config.json"),
                $"the auth of {key} is not a name and password in base 64");
        }

        bool hasToken = !string.IsNullOrEmpty(login.IdentityToken) || !string.IsNullOrEmpty(login.RegistryToken);
        return string.IsNullOrEmpty(user) && !hasToken ? null : new RegistryCredential
        {
            UserName = user,
            Password = password,
            IdentityToken = string.IsNullOrEmpty(login.IdentityToken) ? null : login.IdentityToken,
            RegistryToken = string.IsNullOrEmpty(login.RegistryToken) ? null : login.RegistryToken,
        };
    }

    private static (string User, string Password)? Decode(string auth)
    {
        byte[] bytes = new byte[auth.Length];
        if (!Convert.TryFromBase64String(auth, bytes, out int length))
        {
            return null;
        }

        // Old clients padded the password with zeros.
        string text = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0');
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }

    // Keys have been written with a scheme and with a path: https://registry.example/v1/.
    private static string HostOf(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? key : key[(scheme + 3)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? rest : rest[..slash];
    }

    private static async Task<RegistryCredential?> AskAsync(
        string helper, string key, string host, CancellationToken cancellation)
    {
        string name = "docker-credential-" + helper;
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0 || ProgramLookup.Find(name) is not { } program)
        {
            throw Failed(null, name, host, "it is not on the PATH");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(HelperTimeout);
        ProcessResult result;
        try
        {
            result = await ChildProcess
                .RunAsync(
                    new ProcessRequest
                    {
                        FileName = program,
                        Arguments = ["get"],
                        WorkingDirectory = Path.GetTempPath(),
                        Input = key,
                    },
                    timeout.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed(null, name, host, $"it has not answered in {HelperTimeout.TotalSeconds} seconds");
        }

        if (result.ExitCode != 0)
        {
            // Helpers write their errors to standard output. What they write with success is a secret; this is not.
            string said = ServerText.Clean(result.StandardOutput + " " + result.StandardError);
            return said.Contains(NotFound, StringComparison.OrdinalIgnoreCase)
                ? null
                : throw Failed(null, name, host, $"it ended with {result.ExitCode}: {said}");
        }

        HelperAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(result.StandardOutput, DockerJson.Default.HelperAnswer);
        }
        catch (JsonException)
        {
            // The exception's text may hold a part of the answer.
            throw Failed(null, name, host, "its answer is not JSON");
        }

        return string.IsNullOrEmpty(answer?.Secret) ? null
            : answer.Username == TokenUser ? new RegistryCredential { IdentityToken = answer.Secret }
            : new RegistryCredential { UserName = answer.Username, Password = answer.Secret };
    }

    private static GoCrossException Failed(Exception? cause, string name, string host, string reason) =>
        GoCrossException.FromResource(
            Messages.ResourceManager, ErrorKind.ToolFailed, nameof(Messages.CredentialHelperFailed), cause, name, host, reason);
}
