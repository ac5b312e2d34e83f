using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Reports;

namespace GoCross.Cmdlets.Foundation;

/// <summary>What a cmdlet that tests gates has found, and what it makes of it: objects, a report, or one word.</summary>
/// <param name="cmdlet">The cmdlet.</param>
internal sealed class GateRun(GoCrossCmdlet cmdlet) : IDisposable
{
    private readonly ConcurrentQueue<GateResult> _results = new();
    private readonly ConcurrentQueue<UntestedImage> _untested = new();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly long _start = Stopwatch.GetTimestamp();
    private AtomicFile? _report;
    private string? _reportPath;
    private GateReportFormat _format;

    /// <summary>Fails for the format of a report that is not asked for, with a terminating error.</summary>
    internal void ValidateReport(string? path, GateReportFormat? format)
    {
        if (path is null && format is not null)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NeedsReportPath), format));
        }
    }

    /// <summary>Prepares the report before hours of work are done for it; one that cannot be written ends the cmdlet.</summary>
    /// <param name="reportPath">The report's file; null for none.</param>
    /// <param name="format">The format; null for what the file's name tells.</param>
    /// <param name="overwrite">Whether a file that stands there is replaced.</param>
    internal void PrepareReport(string? reportPath, GateReportFormat? format, bool overwrite)
    {
        if (reportPath is null)
        {
            return;
        }

        _reportPath = reportPath;
        string path = cmdlet.RunOrEnd(reportPath, () => SessionPaths.Resolve(cmdlet, reportPath));
        _format = format ?? cmdlet.RunOrEnd(reportPath, () => GateReport.FormatOf(path));
        if (cmdlet.ShouldProcess(path, $"Write a report in the format {_format}"))
        {
            _report = cmdlet.RunOrEnd(reportPath, () => GateReport.Prepare(path, overwrite));
        }
    }

    /// <summary>Takes a result. On any thread.</summary>
    internal void Add(GateResult result) => _results.Enqueue(result);

    /// <summary>Takes what could not be tested. On any thread.</summary>
    internal void AddUntested(string name, ErrorRecord error) =>
        _untested.Enqueue(new UntestedImage(name, error.FullyQualifiedErrorId, error.Exception.Message));

    /// <summary>Writes the report, and with <paramref name="quiet"/> whether all passed.</summary>
    internal void End(bool quiet)
    {
        if (_report is not null)
        {
            var report = new GateReport
            {
                Command = cmdlet.MyInvocation.MyCommand.Name,
                Results = [.. _results],
                Untested = [.. _untested],
                Started = _started,
                Duration = Stopwatch.GetElapsedTime(_start),
            };
            cmdlet.RunOrEnd(_reportPath, () => report.Write(_report, _format));
        }

        if (quiet)
        {
            // What was not tested has not passed, nor has nothing.
            cmdlet.WriteObject(_untested.IsEmpty && !_results.IsEmpty && _results.All(result => result.Passed));
        }
    }

    /// <summary>Takes back a report that was not written.</summary>
    public void Dispose() => _report?.Dispose();
}
