using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;

namespace GoCross.Cmdlets.Foundation;

/// <summary>A cmdlet that reads files: by pattern or literally, from arguments or from the pipeline.</summary>
public abstract class PathCmdlet : GoCrossCmdlet
{
    /// <summary>The parameter set in which wildcards are expanded.</summary>
    private protected const string PathSet = "Path";

    /// <summary>The parameter set in which a path is taken as it stands.</summary>
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Only this assembly has cmdlets of GoCross.</summary>
    private protected PathCmdlet()
    {
    }

    /// <summary>The files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet,
        ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [SupportsWildcards]
    public string?[]? Path { get; set; }

    /// <summary>The files, each name taken as it stands.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        if (ParameterSetName == LiteralPathSet)
        {
            foreach (string path in LiteralPath)
            {
                if (TryRun(path, () => SessionPaths.Resolve(this, path), out string? full))
                {
                    ProcessPath(full);
                }
            }

            return;
        }

        // A failed build stands in the pipeline with no file. It is told in those words, not in the binder's.
        if (Path is null || Path.Length == 0)
        {
            WriteNoPath();
            return;
        }

        foreach (string? pattern in Path)
        {
            if (string.IsNullOrEmpty(pattern))
            {
                WriteNoPath();
            }
            else if (TryRun(pattern, () => SessionPaths.Expand(this, pattern), out IReadOnlyCollection<string>? matches))
            {
                foreach (string full in matches)
                {
                    ProcessPath(full);
                }
            }
        }
    }

    /// <summary>Does the cmdlet's work on one path, which need not exist.</summary>
    /// <param name="fullPath">A full path of the file system.</param>
    private protected abstract void ProcessPath(string fullPath);

    private void WriteNoPath() =>
        WriteError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NoPath), target: null));
}
