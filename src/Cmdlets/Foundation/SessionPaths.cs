using System.Collections.ObjectModel;
using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;
using DriveNotFoundException = System.Management.Automation.DriveNotFoundException;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Turns what a user typed into full paths of the file system, from the session's location. The process's current
/// directory is never asked: PowerShell does not move it.
/// </summary>
internal static class SessionPaths
{
    /// <summary>The name of the provider whose items are files.</summary>
    internal const string FileSystem = "FileSystem";

    /// <summary>The full path of a name that need not exist. Wildcards are ordinary characters.</summary>
    /// <exception cref="GoCrossException">ProviderNotSupported; DriveMissing.</exception>
    internal static string Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            string full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            RequireFileSystem(provider, path);
            return full;
        }
        catch (Exception e) when (e is DriveNotFoundException or ProviderNotFoundException)
        {
            throw Failure(ErrorKind.NotFound, nameof(Messages.DriveMissing), e, path);
        }
    }

    /// <summary>
    /// The folder that the session is in: what starts where no path was given. It stays when the location is a drive of
    /// another provider, such as Env:.
    /// </summary>
    internal static string Location(PSCmdlet cmdlet) => cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>
    /// The full paths that a pattern matches. A file that has the pattern for its name comes first: what Get-ChildItem
    /// or a build emitted is found whatever characters its name holds.
    /// </summary>
    /// <exception cref="GoCrossException">NoMatch; ProviderNotSupported; DriveMissing.</exception>
    internal static IReadOnlyCollection<string> Expand(PSCmdlet cmdlet, string pattern)
    {
        string literal = Resolve(cmdlet, pattern);
        if (!WildcardPattern.ContainsWildcardCharacters(pattern) || File.Exists(literal) || Directory.Exists(literal))
        {
            return [literal];
        }

        Collection<string> matches;
        try
        {
            matches = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out ProviderInfo provider);
            RequireFileSystem(provider, pattern);
        }
        catch (ItemNotFoundException e)
        {
            throw Failure(ErrorKind.NotFound, nameof(Messages.NoMatch), e, pattern);
        }

        return matches.Count > 0 ? matches : throw Failure(ErrorKind.NotFound, nameof(Messages.NoMatch), null, pattern);
    }

    /// <summary>The full path that a pattern matches, as <see cref="Expand"/> does, where it has to match one file.</summary>
    /// <exception cref="GoCrossException">ManyMatches; and as <see cref="Expand"/>.</exception>
    internal static string ExpandToOne(PSCmdlet cmdlet, string pattern)
    {
        IReadOnlyCollection<string> matches = Expand(cmdlet, pattern);
        return matches.Count == 1
            ? matches.First()
            : throw Failure(ErrorKind.InvalidArgument, nameof(Messages.ManyMatches), null, pattern, matches.Count);
    }

    private static void RequireFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name != FileSystem)
        {
            throw Failure(ErrorKind.Unsupported, nameof(Messages.ProviderNotSupported), null, path, provider.Name);
        }
    }

    private static GoCrossException Failure(ErrorKind kind, string errorId, Exception? cause, params object?[] values) =>
        GoCrossException.FromResource(Messages.ResourceManager, kind, errorId, cause, values);
}
