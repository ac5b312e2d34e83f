namespace GoCross.Reports;

/// <summary>Who reads annotations.</summary>
public enum AnnotationFormat
{
    /// <summary>GitHub Actions: workflow commands.</summary>
    GitHub,

    /// <summary>Azure Pipelines: logging commands.</summary>
    Azure,

    /// <summary>Whoever reads the messages of compilers: FILE:LINE:COLUMN: error: MESSAGE.</summary>
    Compiler,
}
