using GoCross.Cmdlets.Errors;
using GoCross.Errors;

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
    private protected void ForEachMatch(string?[]? patterns, Action<string> process)
    {
        // A failed build stands in the pipeline with no file. It is told in those words, not in the binder's.
        if (patterns is null || patterns.Length == 0)
        {
            WriteNoPath();
            return;
        }

        foreach (string? pattern in patterns)
        {
            if (string.IsNullOrEmpty(pattern))
            {
                WriteNoPath();
            }
            else if (TryRun(pattern, () => SessionPaths.Expand(this, pattern), out IReadOnlyCollection<string>? matches))
            {
                foreach (string full in matches)
                {
                    process(full);
                }
            }
        }
    }

    /// <summary>Works on each file of names that are taken as they stand.</summary>
    /// <param name="names">The names.</param>
    /// <param name="process">The work on one full path, which need not exist.</param>
    private protected void ForEachName(string[] names, Action<string> process)
    {
        foreach (string name in names)
        {
            if (TryRun(name, () => SessionPaths.Resolve(this, name), out string? full))
            {
                process(full);
            }
        }
    }

    private void WriteNoPath() =>
        WriteError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NoPath), target: null));
}
