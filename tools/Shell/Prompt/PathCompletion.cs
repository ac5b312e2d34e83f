using System.Buffers;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace GoCross.Shell.Prompt;

/// <summary>Completes paths. The engine does it with commands that pwsh ships as a module, and so not here.</summary>
internal static class PathCompletion
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" '\"`$&();{}|<>,@#[]");

    /// <summary>The files and folders that the word at the cursor could go on to; null if there are none.</summary>
    /// <param name="line">The line.</param>
    /// <param name="cursor">The cursor in it.</param>
    /// <param name="location">The folder that relative paths start at.</param>
    internal static CommandCompletion? Complete(string line, int cursor, string location)
    {
        int start = WordStart(line, cursor);
        string word = line[start..cursor].Trim('\'', '"');
        int lastSlash = word.LastIndexOfAny([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]);
        string folder = word[..(lastSlash + 1)];
        string prefix = word[(lastSlash + 1)..];
        var options = new EnumerationOptions
        {
            IgnoreInaccessible = true,
            AttributesToSkip = prefix.StartsWith('.') ? default : FileAttributes.Hidden | FileAttributes.System,
        };
        var directory = new DirectoryInfo(Path.Combine(location, Expand(folder)));
        if (!directory.Exists)
        {
            return null;
        }

        CompletionResult[] matches =
        [
            .. directory.EnumerateFileSystemInfos("*", options)
                .Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
                .Select(entry => Match(folder, entry)),
        ];
        return matches.Length == 0
            ? null
            : new CommandCompletion(new Collection<CompletionResult>(matches), -1, start, cursor - start);
    }

    private static CompletionResult Match(string folder, FileSystemInfo entry)
    {
        bool isFolder = entry is DirectoryInfo;
        string path = folder + entry.Name + (isFolder ? Path.DirectorySeparatorChar : string.Empty);
        string text = path.AsSpan().ContainsAny(NeedsQuotes)
            ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(path)}'"
            : path;
        return new CompletionResult(
            text,
            entry.Name,
            isFolder ? CompletionResultType.ProviderContainer : CompletionResultType.ProviderItem,
            entry.FullName);
    }

    private static string Expand(string folder) => folder.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + folder[1..]
        : folder;

    // A word starts behind a blank that no quote before it holds.
    private static int WordStart(string line, int cursor)
    {
        int start = 0;
        char quote = '\0';
        for (int i = 0; i < cursor; i++)
        {
            if (quote != '\0')
            {
                quote = line[i] == quote ? '\0' : quote;
            }
            else if (line[i] is '\'' or '"')
            {
                quote = line[i];
            }
            else if (line[i] is ' ' or '|' or ';' or '(' or ',')
            {
                start = i + 1;
            }
        }

        return start;
    }
}
