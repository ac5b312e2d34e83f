using System.Collections;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>
/// Asks go env. What this machine's go said is remembered for the session as long as the environment and every file that
/// decides on it are the same.
/// </summary>
internal static class GoEnvironment
{
    private static readonly ConcurrentDictionary<string, (Dictionary<string, string> Variables, FileStamps Stamps)> Known = new(StringComparer.Ordinal);

    /// <summary>The variables of a toolchain, by name.</summary>
    /// <param name="toolchain">The toolchain, of which no more is known than where it is.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="GoCrossException">GoFailed; GoPathNotGo; ProcessStartFailed.</exception>
    internal static async Task<Dictionary<string, string>> AskAsync(GoToolchain toolchain, CancellationToken cancellation)
    {
        if (toolchain.Host is not LocalGoHost)
        {
            return await ReadAsync(toolchain, cancellation).ConfigureAwait(false);
        }

        string key = KeyOf(toolchain);
        if (Known.TryGetValue(key, out (Dictionary<string, string> Variables, FileStamps Stamps) known) && known.Stamps.AreCurrent())
        {
            return known.Variables;
        }

        Dictionary<string, string> variables = await ReadAsync(toolchain, cancellation).ConfigureAwait(false);
        Known[key] = (variables, StampsOf(toolchain, variables));
        return variables;
    }

    private static async Task<Dictionary<string, string>> ReadAsync(GoToolchain toolchain, CancellationToken cancellation)
    {
        string json = await toolchain.RunAsync(["env", "-json"], cancellation).ConfigureAwait(false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? string.Empty, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Some other program that happens to take these arguments.
            throw GoCrossException.Create(e, ErrorKind.InvalidArgument, nameof(Messages.GoPathNotGo), toolchain.Command);
        }
    }

    /// <summary>The command, the directory and the whole environment. It is hashed: it may hold secrets.</summary>
    private static string KeyOf(GoToolchain toolchain)
    {
        IEnumerable<string> lines = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => $"{entry.Key}={entry.Value}")
            .Order(StringComparer.Ordinal)
            .Concat(toolchain.Given.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
            .Prepend(toolchain.WorkingDirectory)
            .Prepend(toolchain.Command);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', lines))));
    }

    /// <summary>The command, its configuration, and the go.mod and go.work that may be in the directory or above it.</summary>
    private static FileStamps StampsOf(GoToolchain toolchain, Dictionary<string, string> variables)
    {
        var stamps = new FileStamps();
        stamps.Add(toolchain.Command);
        foreach (string configuration in new[] { variables.GetValueOrDefault("GOENV"), Path.Combine(variables.GetValueOrDefault("GOROOT", "/"), "go.env") }
            .OfType<string>().Where(Path.IsPathFullyQualified))
        {
            stamps.Add(configuration);
        }

        for (DirectoryInfo? folder = new(toolchain.WorkingDirectory); folder is not null; folder = folder.Parent)
        {
            stamps.Add(Path.Combine(folder.FullName, "go.mod"));
            stamps.Add(Path.Combine(folder.FullName, "go.work"));
        }

        return stamps;
    }
}
