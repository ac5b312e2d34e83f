using GoCross.Builds;
using GoCross.Cmdlets.Errors;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Lets what a session of builds says come out of a pipeline.</summary>
/// <param name="writer">The pipeline.</param>
internal sealed class BuildObserver(IPipelineWriter writer) : IBuildObserver
{
    /// <inheritdoc/>
    public void OnLine(string text) => writer.WriteVerbose(text);

    /// <inheritdoc/>
    public void OnWarning(string text) => writer.WriteWarning(text);

    /// <inheritdoc/>
    public void OnProgress(string status, int percent) => writer.WriteProgress(status, percent);

    /// <inheritdoc/>
    public void OnFailure(Exception failure, object? subject) => writer.WriteError(ErrorRecords.From(failure, subject));

    /// <inheritdoc/>
    public void OnBuilt(BuildOutcome outcome)
    {
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
