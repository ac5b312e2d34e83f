namespace GoCross.Cmdlets.Foundation;

/// <summary>A cmdlet that goes through names of files. A name that is none, and one that matches nothing, is an error of its own.</summary>
public abstract class FileCmdlet : GoCrossCmdlet
{
    /// <summary>The parameter set in which wildcards are expanded.</summary>
    private protected const string PathSet = "Path";

    /// <summary>The parameter set in which a path is taken as it stands.</summary>
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Only this assembly has cmdlets of GoCross.</summary>
    private protected FileCmdlet()
    {
    }

    /// <summary>Works on each file that patterns match.</summary>
    /// <param name="patterns">What the pipeline or the user gave.</param>
    /// <param name="process">The work on one full path, which need not exist.</param>
    private protected void ForEachMatch(string?[]? patterns, Action<string> process) => ForEachGiven(patterns, pattern =>
    {
        if (TryRun(pattern, () => SessionPaths.Expand(this, pattern), out IReadOnlyCollection<string>? matches))
        {
            foreach (string full in matches)
            {
                process(full);
            }
        }
    });

    /// <summary>Works on each file of names that are taken as they stand.</summary>
    /// <param name="names">The names.</param>
    /// <param name="process">The work on one full path, which need not exist.</param>
    private protected void ForEachName(string[] names, Action<string> process) => ForEachGiven(names, name =>
    {
        if (TryRun(name, () => SessionPaths.Resolve(this, name), out string? full))
        {
            process(full);
        }
    });
}
