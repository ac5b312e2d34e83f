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
    [PathOfObject]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [SupportsWildcards]
    public virtual string?[]? Path { get; set; }

    /// <summary>The files, each name taken as it stands.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        var paths = new List<string>();
        if (ParameterSetName == LiteralPathSet)
        {
            ForEachName(LiteralPath, paths.Add);
            ProcessPaths(paths);
        }
        else if (MyInvocation.BoundParameters.ContainsKey(nameof(Path)))
        {
            ForEachMatch(Path, paths.Add);
            ProcessPaths(paths);
        }
        else
        {
            ProcessWithoutPath();
        }
    }

    /// <summary>Does the cmdlet's work on the paths of one input: most often one, in an array or by wildcards many.</summary>
    /// <param name="fullPaths">Full paths of the file system; none where the input had none that could be used.</param>
    private protected virtual void ProcessPaths(IReadOnlyList<string> fullPaths)
    {
        foreach (string fullPath in fullPaths)
        {
            ProcessPath(fullPath);
        }
    }

    /// <summary>Does the cmdlet's work on one path, which need not exist.</summary>
    /// <param name="fullPath">A full path of the file system.</param>
    private protected abstract void ProcessPath(string fullPath);

    /// <summary>Does the cmdlet's work where its path is optional and none is given.</summary>
    private protected virtual void ProcessWithoutPath()
    {
    }
}
