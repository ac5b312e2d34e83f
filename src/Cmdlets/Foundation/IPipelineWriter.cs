using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Where workers of a <see cref="PipelinePump"/> put what the pipeline is to get. Safe on every thread. Each call waits
/// while the queue is full, so that a slow consumer slows the workers instead of filling the memory.
/// </summary>
internal interface IPipelineWriter
{
    /// <summary>Emits an object.</summary>
    void WriteObject(object value);

    /// <summary>Reports an error and goes on.</summary>
    void WriteError(ErrorRecord error);

    /// <summary>Warns.</summary>
    void WriteWarning(string text);

    /// <summary>Says what is done, for -Verbose.</summary>
    void WriteVerbose(string text);

    /// <summary>Says how far the work is. Most calls come to nothing: five a second are shown.</summary>
    /// <param name="status">What is going on.</param>
    /// <param name="percent">0 to 100; -1 when it cannot be told.</param>
    void WriteProgress(string status, int percent);
}
