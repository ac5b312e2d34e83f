using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>A cmdlet that reads files: by pattern or literally, from arguments or from the pipeline.</summary>
public abstract class PathCmdlet : FileCmdlet
{
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
            ForEachName(LiteralPath, ProcessPath);
        }
        else if (ParameterSetName == PathSet)
        {
            ForEachMatch(Path, ProcessPath);
        }
        else
        {
            ProcessWithoutPath();
        }
    }

    /// <summary>Does the cmdlet's work on one path, which need not exist.</summary>
    /// <param name="fullPath">A full path of the file system.</param>
    private protected abstract void ProcessPath(string fullPath);

    /// <summary>Does the cmdlet's work in a parameter set of its own, which has no path.</summary>
    private protected virtual void ProcessWithoutPath()
    {
    }
}
