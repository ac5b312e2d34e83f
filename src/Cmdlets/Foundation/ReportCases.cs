using GoCross.Builds;
using GoCross.Reports;
using GoCross.Runs;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Builds and runs as cases of a report.</summary>
internal static class ReportCases
{
    /// <summary>A build.</summary>
    /// <param name="build">The build.</param>
    /// <param name="failure">Why it failed, or null.</param>
    internal static ReportCase Of(GoBuild build, Exception? failure) => new()
    {
        Subject = build.Package,
        Platform = build.Target,
        Name = build.Strategy.ToString(),
        Rule = ReportCase.Build,
        Passed = failure is null,
        Message = failure?.Message ?? build.Reason ?? string.Empty,
        Places = Places(build.Diagnostics, TitleOf(build)),
        Duration = build.Duration,
    };

    /// <summary>A run.</summary>
    internal static ReportCase Of(BinaryRun run) => new()
    {
        Subject = run.ToString(),
        Platform = run.Target ?? string.Empty,
        Name = run.Package is null ? "Run" : "Test",
        Rule = ReportCase.Run,
        Passed = run.Success,
        Message = run.Reason,
        Places = Places(run.Diagnostics, $"{run} {run.Target}"),
        Duration = run.Duration ?? TimeSpan.Zero,
    };

    /// <summary>What a compiler warns of in a program that is built all the same.</summary>
    internal static IEnumerable<Annotation> Warnings(GoBuild build) => build.Warnings.Select(warning => Of(warning, TitleOf(build)));

    private static string TitleOf(GoBuild build) => $"{build.Name} {build.Target} {build.Strategy}";

    // What has no file is in the message.
    private static Annotation[] Places(IEnumerable<BuildDiagnostic> diagnostics, string title) =>
    [
        .. diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.File is not null)
            .Select(diagnostic => Of(diagnostic, title)),
    ];

    private static Annotation Of(BuildDiagnostic diagnostic, string title) => new()
    {
        IsError = diagnostic.Severity == DiagnosticSeverity.Error,
        Message = diagnostic.Message,
        Title = title,
        File = diagnostic.File,
        Line = diagnostic.Line,
        Column = diagnostic.Column,
    };
}
