using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GoCross.Errors;

namespace GoCross.ContainerEngines;

/// <summary>The Docker client's config.json (docs.docker.com, "docker CLI, configuration files"). Of the fields, those that are used.</summary>
internal sealed record DockerConfiguration
{
    private const int MaxBytes = 4 << 20;

    /// <summary>The context that is in use; null where it was never chosen.</summary>
    public string? CurrentContext { get; init; }

    /// <summary>Logins by registry.</summary>
    public Dictionary<string, DockerLogin?>? Auths { get; init; }

    /// <summary>The helper program that keeps all logins: docker-credential- and this.</summary>
    public string? CredsStore { get; init; }

    /// <summary>The helper programs of single registries.</summary>
    public Dictionary<string, string?>? CredHelpers { get; init; }

    /// <summary>The directory of this user: DOCKER_CONFIG, or .docker in the home directory.</summary>
    internal static string DefaultFolder =>
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");

    /// <summary>Reads the file of a directory. Where there is none, nothing is configured.</summary>
    /// <exception cref="GoCrossException">DockerConfigurationInvalid.</exception>
    internal static DockerConfiguration Read(string folder) =>
        ReadFile(Path.Combine(folder, "config.json"), DockerJson.Default.DockerConfiguration) ?? new DockerConfiguration();

    /// <summary>Reads a file of Docker's settings; null where it does not exist.</summary>
    /// <exception cref="GoCrossException">DockerConfigurationInvalid.</exception>
    internal static T? ReadFile<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var file = new FileInfo(path);
            return !file.Exists ? null
                : file.Length > MaxBytes ? throw Invalid(path, null, $"it has {file.Length} bytes")
                : JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, e, e.Message);
        }
    }

    private static GoCrossException Invalid(string path, Exception? cause, string reason) => GoCrossException.FromResource(
        Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.DockerConfigurationInvalid), cause, path, reason);
}
