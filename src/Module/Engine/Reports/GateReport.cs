using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Reports;

/// <summary>What a run of gates, of builds or of programs found, for programs that show or count it.</summary>
public sealed record GateReport
{
    /// <summary>The command that ran them.</summary>
    public string Command { get; init; } = "Test-ImageLayer";

    /// <summary>What was found, the cases of a subject together.</summary>
    public required IReadOnlyList<ReportCase> Cases { get; init; }

    /// <summary>The folder that places in the source are told from; null where there are none.</summary>
    public string? Root { get; init; }

    /// <summary>What could not be tested.</summary>
    public required IReadOnlyList<UntestedSubject> Untested { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Prepares a report's file, and finds out before the work whether it can be written.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="GoCrossException">FileExists; PathIsDirectory; PathIsSpecial; OutputNotWritable.</exception>
    public static AtomicFile Prepare(string path, bool overwrite) => OutputFiles.Prepare(path, overwrite);

    /// <summary>The format that a file's name asks for: .xml JUnit, .sarif and .sarif.json SARIF, .md Markdown.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="GoCrossException">ReportFormatUnknown.</exception>
    public static GateReportFormat FormatOf(string path) =>
        path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) ? GateReportFormat.JUnit
        : path.EndsWith(".sarif", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".sarif.json", StringComparison.OrdinalIgnoreCase) ? GateReportFormat.Sarif
        : path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? GateReportFormat.Markdown
        : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ReportFormatUnknown), path);

    /// <summary>Writes it.</summary>
    /// <param name="file">Where to. The file appears whole or not at all.</param>
    /// <param name="format">How.</param>
    /// <exception cref="GoCrossException">FileExists; OutputNotWritable.</exception>
    public void Write(AtomicFile file, GateReportFormat format) => OutputFiles.Guard(file.Path, () =>
    {
        using (FileStream stream = file.OpenWrite())
        {
            Action<GateReport, Stream> write = format switch
            {
                GateReportFormat.JUnit => JUnitReport.Write,
                GateReportFormat.Sarif => SarifReport.Write,
                _ => MarkdownReport.Write,
            };
            write(this, stream);
        }

        file.Commit();
        return file;
    });
}
