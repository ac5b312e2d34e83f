using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
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

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(150);
    private static readonly string[] ArchiveExtensions = [".tar", ".tgz", ".tar.gz", ".tar.zst", ".oci"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return Complete(CompletionSession.Unquote(wordToComplete));
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
        Task<IReadOnlyList<string>>? asking = prefix is "" or EngineTransport ? EngineImageCompleter.AskAsync() : null;
        var results = new List<CompletionResult>();
        if (prefix is not (EngineTransport or RegistryTransport))
        {
            results.AddRange(Paths(word[prefix.Length..])
                .Order(StringComparer.OrdinalIgnoreCase)
                .Take(MaxResults)
                .Select(path => Result(prefix + path)));
        }

        if (prefix.Length == 0)
        {
            results.AddRange(ImageLocation.TransportPrefixes
                .Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal))
                .Select(Result));
        }

        if (asking is not null)
        {
            results.AddRange(EngineImageCompleter.Names(asking, word[prefix.Length..]).Select(name => NameResult(prefix + name)));
        }

        return results;
    }

    private static IEnumerable<string> Paths(string word)
    {
        // Both separators are one to PowerShell.
        int separator = word.AsSpan().LastIndexOfAny('/', '\\', ':');
        string directory = word[..(separator + 1)];
        string start = word[(separator + 1)..];
        string? full = CompletionSession.Resolve(directory);
        if (full is null || !Directory.Exists(full))
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

    private static CompletionResult Result(string text) => Result(text, text.EndsWith(':') || text == RegistryTransport
        ? CompletionResultType.ParameterValue
        : text.EndsWith('/') ? CompletionResultType.ProviderContainer
        : CompletionResultType.ProviderItem);

    private static CompletionResult NameResult(string text) => Result(text, CompletionResultType.ParameterValue);

    private static CompletionResult Result(string text, CompletionResultType type) =>
        new(CompletionSession.Quote(text), text, type, text);
}
