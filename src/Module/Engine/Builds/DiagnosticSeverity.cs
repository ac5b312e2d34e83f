namespace GoCross.Builds;

/// <summary>How bad a message of a compiler or linker is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The program is built all the same.</summary>
    Warning,

    /// <summary>The program is not built.</summary>
    Error,
}
