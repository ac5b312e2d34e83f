using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Reports;

namespace GoCross.Cmdlets.Foundation;

/// <summary>What a cmdlet that tests, builds or runs has found, and what it makes of it: reports, annotations, or one word.</summary>
/// <param name="cmdlet">The cmdlet.</param>
internal sealed class ReportRun(GoCrossCmdlet cmdlet) : IDisposable
{
    private readonly ConcurrentQueue<ReportCase> _cases = new();
    private readonly ConcurrentQueue<UntestedSubject> _untested = new();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<(AtomicFile File, GateReportFormat Format)> _reports = [];
    private AnnotationFormat? _annotations;

    /// <summary>Prepares reports before hours of work are done for them; one that cannot be written ends the cmdlet.</summary>
    /// <param name="paths">The reports' files; null for none.</param>
    /// <param name="format">Their format; null for what each file's name tells.</param>
    /// <param name="overwrite">Whether files that stand there are replaced.</param>
    /// <param name="annotate">Whether what fails is annotated, too.</param>
    internal void Prepare(string[]? paths, GateReportFormat? format, bool overwrite, bool annotate)
    {
        _annotations = annotate ? Annotation.FormatFor(Environment.GetEnvironmentVariable) : null;
        if (paths is null && format is not null)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NeedsReportPath), format));
        }

        foreach (string given in paths ?? [])
        {
            string path = cmdlet.RunOrEnd(given, () => SessionPaths.Resolve(cmdlet, given));
            GateReportFormat chosen = format ?? cmdlet.RunOrEnd(given, () => GateReport.FormatOf(path));
            if (cmdlet.ShouldProcess(path, $"Write a report in the format {chosen}"))
            {
                _reports.Add((cmdlet.RunOrEnd(given, () => GateReport.Prepare(path, overwrite)), chosen));
            }
        }
    }

    /// <summary>Takes a case. On any thread.</summary>
    /// <param name="test">The case.</param>
    /// <param name="write">Takes a line for the host, if there is something to be annotated.</param>
    internal void Add(ReportCase test, Action<string> write)
    {
        _cases.Enqueue(test);
        if (!test.Passed && test.Places.Count == 0)
        {
            Annotate(new Annotation { IsError = true, Message = $"{test.Subject}: {test.Message}", Title = $"{test.Name} {test.Platform}" }, write);
        }

        foreach (Annotation place in test.Passed ? [] : test.Places)
        {
            Annotate(place, write);
        }
    }

    /// <summary>Says something beside the source, if that is asked for. On any thread.</summary>
    internal void Annotate(Annotation annotation, Action<string> write)
    {
        if (_annotations is { } format)
        {
            write(annotation.ToLine(format));
        }
    }

    /// <summary>Takes what could not be tested. On any thread.</summary>
    internal void AddUntested(string name, ErrorRecord error) =>
        _untested.Enqueue(new UntestedSubject(name, error.FullyQualifiedErrorId, error.Exception.Message));

    /// <summary>Writes the reports, and with <paramref name="quiet"/> whether all passed.</summary>
    internal void End(bool quiet = false)
    {
        var report = new GateReport
        {
            Command = cmdlet.MyInvocation.MyCommand.Name,
            Cases = [.. _cases],
            Untested = [.. _untested],
            Root = SessionPaths.Location(cmdlet),
            Started = _started,
            Duration = Stopwatch.GetElapsedTime(_start),
        };

        // What could not be tested has no case that would be annotated.
        foreach (UntestedSubject untested in _untested)
        {
            Annotate(new Annotation { IsError = true, Message = untested.Message, Title = untested.Subject }, cmdlet.WriteHost);
        }

        foreach ((AtomicFile file, GateReportFormat format) in _reports)
        {
            cmdlet.RunOrEnd(file.Path, () => report.Write(file, format));
        }

        if (quiet)
        {
            // What was not tested has not passed, nor has nothing.
            cmdlet.WriteObject(_untested.IsEmpty && !_cases.IsEmpty && _cases.All(test => test.Passed));
        }
    }

    /// <summary>Takes back reports that were not written.</summary>
    public void Dispose() => _reports.ForEach(report => report.File.Dispose());
}
