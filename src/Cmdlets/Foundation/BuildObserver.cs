using System.Management.Automation;
using GoCross.Builds;
using GoCross.Cmdlets.Errors;
using GoCross.Reports;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Lets what a session of builds says come out of a pipeline.</summary>
/// <param name="writer">The pipeline.</param>
/// <param name="run">What the builds are reported to.</param>
internal sealed class BuildObserver(IPipelineWriter writer, ReportRun run) : IBuildObserver
{
    /// <inheritdoc/>
    public void OnLine(string text) => writer.WriteVerbose(text);

    /// <inheritdoc/>
    public void OnWarning(string text) => writer.WriteWarning(text);

    /// <inheritdoc/>
    public void OnProgress(string status, int percent) => writer.WriteProgress(status, percent);

    /// <inheritdoc/>
    public void OnFailure(Exception failure, object? subject)
    {
        ErrorRecord error = ErrorRecords.From(failure, subject);
        run.AddUntested(subject?.ToString() ?? string.Empty, error);
        writer.WriteError(error);
    }

    /// <inheritdoc/>
    public void OnBuilt(BuildOutcome outcome)
    {
        run.Add(ReportCases.Of(outcome.Build, outcome.Failure), writer.WriteHost);
        foreach (Annotation warning in ReportCases.Warnings(outcome.Build))
        {
            run.Annotate(warning, writer.WriteHost);
        }

        foreach (BuildDiagnostic warning in outcome.Build.Warnings)
        {
            writer.WriteWarning($"[{outcome.Build.Name} {outcome.Build.Target} {outcome.Build.Strategy}] {warning}");
        }

        if (outcome.Failure is { } failure)
        {
            writer.WriteError(ErrorRecords.From(failure, outcome.Build));
        }

        writer.WriteObject(outcome.Build);
    }
}
