using System.Collections.Concurrent;
using GoCross.Builds;
using GoCross.Cmdlets.Errors;
using GoCross.Reports;
using GoCross.Targets;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Lets what a session of builds says come out of a pipeline.</summary>
/// <param name="cmdlet">Whose builds they are.</param>
/// <param name="writer">The pipeline.</param>
/// <param name="run">What the builds are reported to.</param>
internal sealed class BuildObserver(GoCrossCmdlet cmdlet, IPipelineWriter writer, ReportRun run) : IBuildObserver
{
    private readonly ConcurrentDictionary<(string Target, BuildStrategy Strategy, BuildDiagnostic Warning), bool> _said = new();

    /// <inheritdoc/>
    public void OnLine(string text) => writer.WriteVerbose(text);

    /// <inheritdoc/>
    public void OnWarning(string text) => writer.WriteWarning(text);

    /// <inheritdoc/>
    public void OnProgress(string status, int percent) => writer.WriteProgress(status, percent);

    /// <inheritdoc/>
    public void OnFailure(Exception failure, object? subject) => writer.WriteError(cmdlet.Failed(failure, subject));

    /// <inheritdoc/>
    public void OnBuilt(BuildOutcome outcome)
    {
        run.Add(ReportCases.Of(outcome.Build, outcome.Failure), writer.WriteHost);
        foreach (Annotation warning in ReportCases.Warnings(outcome.Build))
        {
            run.Annotate(warning, writer.WriteHost);
        }

        // A compiler of C has much to say of one file: its first warning, and how many there are, is what one looks at. Programs
        // that share a package share what the compiler says of it, which is said once.
        foreach (BuildDiagnostic[] ofFile in outcome.Build.Warnings
            .Where(warning => _said.TryAdd((outcome.Build.Target, outcome.Build.Strategy, warning), true))
            .GroupBy(warning => warning.File ?? warning.Message).Select(group => group.ToArray()))
        {
            string others = ofFile.Length > 1 ? $" ({ofFile.Length - 1} more of this file are in Warnings of the GoBuild)" : string.Empty;
            writer.WriteWarning($"[{outcome.Build.Name} {outcome.Build.Target} {outcome.Build.Strategy}] {ofFile[0]}{others}");
        }

        if (outcome.Failure is { } failure)
        {
            writer.WriteError(ErrorRecords.From(failure, outcome.Build));
        }

        writer.WriteObject(outcome.Build);
    }
}
