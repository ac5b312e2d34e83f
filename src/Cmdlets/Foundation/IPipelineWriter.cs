using System.Management.Automation;
using GoCross.Cmdlets.Views;

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

    /// <summary>Warns of each.</summary>
    /// <param name="texts">What a result's Warnings say.</param>
    void WriteWarnings(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            WriteWarning(text);
        }
    }

    /// <summary>Writes a line to the host, as Write-Host does.</summary>
    void WriteHost(string text);

    /// <summary>Says what is done, for -Verbose.</summary>
    void WriteVerbose(string text);

    /// <summary>Says how far the work is. Most calls come to nothing: five a second are shown.</summary>
    /// <param name="status">What is going on.</param>
    /// <param name="percent">0 to 100; -1 when it cannot be told.</param>
    void WriteProgress(string status, int percent);

    /// <summary>Says how much of a transfer is done.</summary>
    /// <param name="what">What is transferred, or where to; null where the activity says it.</param>
    /// <param name="bytes">The bytes that are transferred.</param>
    /// <param name="totalBytes">The bytes that are to be transferred; 0 where nobody knows.</param>
    void WriteTransfer(string? what, long bytes, long totalBytes)
    {
        string status = totalBytes > 0 ? $"{View.Size(bytes)} of {View.Size(totalBytes)}" : View.Size(bytes);
        WriteProgress(
            what is null ? status : $"{what}: {status}",
            totalBytes > 0 ? (int)(100 * Math.Min(bytes, totalBytes) / totalBytes) : -1);
    }
}
