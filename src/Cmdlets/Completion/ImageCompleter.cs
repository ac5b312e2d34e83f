using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Images;

namespace GoCross.Cmdlets.Completion;

/// <summary>
/// Completes the name of an image: the transports' prefixes, directories, and what has an archive's extension. Nothing
/// is opened, no engine is asked, and a slow directory is left in its midst.
/// </summary>
public sealed class ImageCompleter : IArgumentCompleter
{
    private const int MostResults = 200;
    private const string EngineTransport = "docker-daemon:";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
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
            // A directory that may not be read, a word that is no path: there is nothing to offer.
            return [];
        }
    }

    private static List<CompletionResult> Complete(string word)
    {
        string prefix = ImageLocation.TransportPrefixes.FirstOrDefault(
            candidate => word.StartsWith(candidate, StringComparison.Ordinal)) ?? string.Empty;
        var results = new List<CompletionResult>();
        if (prefix != EngineTransport)
        {
            results.AddRange(Paths(word[prefix.Length..]).Take(MostResults).Select(path => Result(prefix + path)));
        }

        if (prefix.Length == 0)
        {
            results.AddRange(ImageLocation.TransportPrefixes
                .Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal))
                .Select(Result));
        }

        return results;
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
            if (Stopwatch.GetElapsedTime(begin) > Patience)
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

    private static CompletionResult Result(string text)
    {
        bool isPlain = text.All(letter => char.IsLetterOrDigit(letter) || letter is '/' or '\\' or '.' or '-' or '_' or ':' or '~' or '+');
        string quoted = isPlain ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
        CompletionResultType type = text.EndsWith(':') ? CompletionResultType.ParameterValue
            : text.EndsWith('/') ? CompletionResultType.ProviderContainer
            : CompletionResultType.ProviderItem;
        return new CompletionResult(quoted, text, type, text);
    }

    private static string Unquote(string word) =>
        word.Length > 0 && word[0] is '\'' or '"' ? word[1..].TrimEnd(word[0]) : word;
}
