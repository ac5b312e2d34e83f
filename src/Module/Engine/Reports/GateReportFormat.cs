namespace GoCross.Reports;

/// <summary>How a report is written.</summary>
public enum GateReportFormat
{
    /// <summary>JUnit's XML, as Surefire writes it and Jenkins, GitLab and Azure Pipelines read it: a suite a subject, a case a gate, a build or a run.</summary>
    JUnit,

    /// <summary>SARIF 2.1.0 (OASIS): a result for each case that failed, and of builds for each error of a compiler.</summary>
    Sarif,

    /// <summary>A summary in Markdown, as the steps of GitHub Actions and Azure Pipelines show one.</summary>
    Markdown,
}
