using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Cmdlets.Bridge;
using GoCross.ContainerEngines;
using GoCross.Images;

namespace GoCross.Cmdlets.Completion;

/// <summary>
/// Completes the name of an image: the transports' prefixes, directories, what has an archive's extension, and the names
/// that the Docker engine has. No file is opened, a slow directory is left in its midst, and an engine that does not answer
/// soon is not waited for.
/// </summary>
public sealed class ImageCompleter : IArgumentCompleter
{
    private const int MaxResults = 200;
    private const string EngineTransport = "docker-daemon:";
    private const string RegistryTransport = "docker://";

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan EngineTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly string[] ArchiveExtensions = [".tar", ".tgz", ".tar.gz", ".tar.zst", ".oci"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return Complete(Unquote(wordToComplete ?? string.Empty));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or RuntimeException or InvalidOperationException)
        {
            // A directory that may not be read, a word that is not a path: there is nothing to offer.
            return [];
        }
    }

    private static List<CompletionResult> Complete(string word)
    {
        string prefix = ImageLocation.TransportPrefixes.FirstOrDefault(
            candidate => word.StartsWith(candidate, StringComparison.Ordinal)) ?? string.Empty;
        var results = new List<CompletionResult>();
        if (prefix is not (EngineTransport or RegistryTransport))
        {
            results.AddRange(Paths(word[prefix.Length..]).Take(MaxResults).Select(path => Result(prefix + path)));
        }

        if (prefix.Length == 0)
        {
            results.AddRange(ImageLocation.TransportPrefixes
                .Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal))
                .Select(Result));
        }

        if (prefix is "" or EngineTransport)
        {
            results.AddRange(EngineNames()
                .Where(name => name.StartsWith(word[prefix.Length..], StringComparison.OrdinalIgnoreCase))
                .Take(MaxResults)
                .Select(name => NameResult(prefix + name)));
        }

        return results;
    }

    // Whatever goes wrong there, there is nothing to offer: no engine, no permission, a broken context. To load the client
    // for the first time takes its part of the timeout; what comes too late is there the next time.
    private static IReadOnlyList<string> EngineNames()
    {
        Task<IReadOnlyList<string>> asking = Task.Run(AskEngineAsync);
        return Task.WaitAny([asking], EngineTimeout) == 0 && asking.IsCompletedSuccessfully ? asking.Result : [];
    }

    private static async Task<IReadOnlyList<string>> AskEngineAsync()
    {
        using var timeout = new CancellationTokenSource(EngineTimeout);
        using IContainerEngine engine = IsolatedAssembly.Connect();
        return await engine.ListImageNamesAsync(timeout.Token).ConfigureAwait(false);
    }

    private static IEnumerable<string> Paths(string word)
    {
        // Both separators are one to PowerShell.
        int separator = word.AsSpan().LastIndexOfAny('/', Path.DirectorySeparatorChar);
        string directory = word[..(separator + 1)];
        string start = word[(separator + 1)..];
        string? location = Location();
        string full = directory.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), directory[2..])
            : directory;
        if (location is null && !Path.IsPathRooted(full))
        {
            yield break;
        }

        full = Path.Combine(location ?? string.Empty, full);
        if (!Directory.Exists(full))
        {
            yield break;
        }

        long begin = Stopwatch.GetTimestamp();
        foreach (FileSystemInfo entry in new DirectoryInfo(full).EnumerateFileSystemInfos())
        {
            if (Stopwatch.GetElapsedTime(begin) > Timeout)
            {
                yield break;
            }

            bool isDirectory = (entry.Attributes & FileAttributes.Directory) != 0;
            if (entry.Name.StartsWith(start, StringComparison.OrdinalIgnoreCase)
                && (start.Length > 0 || entry.Name[0] != '.')
                && (isDirectory || ArchiveExtensions.Any(extension => entry.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))))
            {
                yield return directory + entry.Name + (isDirectory ? "/" : string.Empty);
            }
        }
    }

    // The completer's interface gives no session; the engine's own completers ask the runspace in this way, too.
    private static string? Location()
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath", useLocalScope: true);
        return shell.Invoke<string>().FirstOrDefault();
    }

    private static CompletionResult Result(string text) => Result(text, text.EndsWith(':') || text == RegistryTransport
        ? CompletionResultType.ParameterValue
        : text.EndsWith('/') ? CompletionResultType.ProviderContainer
        : CompletionResultType.ProviderItem);

    private static CompletionResult NameResult(string text) => Result(text, CompletionResultType.ParameterValue);

    private static CompletionResult Result(string text, CompletionResultType type)
    {
        bool isPlain = text.All(character => char.IsLetterOrDigit(character) || character is '/' or '\\' or '.' or '-' or '_' or ':' or '~' or '+');
        string quoted = isPlain ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
        return new CompletionResult(quoted, text, type, text);
    }

    private static string Unquote(string word) =>
        word.Length > 0 && word[0] is '\'' or '"' ? word[1..].TrimEnd(word[0]) : word;
}
