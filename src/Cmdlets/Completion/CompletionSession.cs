using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Cmdlets.Foundation;

namespace GoCross.Cmdlets.Completion;

/// <summary>
/// What completers ask of the session. Their interface gives none; the engine's own completers ask the runspace in this way,
/// too.
/// </summary>
internal static class CompletionSession
{
    /// <summary>The full path of what a user typed, drives of PowerShell and ~ included; null where it is of no file system.</summary>
    internal static string? Resolve(string path)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript("$ExecutionContext.SessionState", useLocalScope: true);
        try
        {
            PathIntrinsics paths = shell.Invoke<SessionState>()[0].Path;
            if (!paths.IsPSAbsolute(path, out _) && !Path.IsPathRooted(path) && !path.StartsWith('~'))
            {
                // Where the location is not of a file system, what is relative begins at the file system's own.
                path = Path.Combine(paths.CurrentFileSystemLocation.ProviderPath, path);
            }

            string full = paths.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == SessionPaths.FileSystem ? full : null;
        }
        catch (RuntimeException)
        {
            // What stands before the colon is no drive: the name of an image in an engine has one, too.
            return null;
        }
    }

    /// <summary>A word without the quotation mark that it begins with.</summary>
    internal static string Unquote(string? word) =>
        word is ['\'' or '"', ..] ? word[1..].TrimEnd(word[0]) : word ?? string.Empty;

    /// <summary>The text as it is put into the command line: in quotation marks, if it has to be.</summary>
    internal static string Quote(string text)
    {
        bool isPlain = text.All(character => char.IsLetterOrDigit(character) || character is '/' or '\\' or '.' or '-' or '_' or ':' or '~' or '+');
        return isPlain ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
    }
}
