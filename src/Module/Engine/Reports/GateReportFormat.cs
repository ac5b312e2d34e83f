namespace GoCross.Reports;

/// <summary>How a report is written.</summary>
public enum GateReportFormat
{
    /// <summary>JUnit's XML, as Surefire writes it and Jenkins, GitLab and Azure Pipelines read it: a suite an image, a case a gate.</summary>
    JUnit,

    /// <summary>SARIF 2.1.0 (OASIS): a result for each gate that an image fails.</summary>
    Sarif,
}
