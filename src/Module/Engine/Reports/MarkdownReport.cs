using System.Globalization;
using System.Text;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>
/// Writes a summary in Markdown with the tables of GitHub Flavored Markdown, as the summary of a step in GitHub Actions and
/// Azure Pipelines has it. Text of strangers is no markup in it.
/// </summary>
internal static class MarkdownReport
{
    internal static void Write(GateReport report, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        int failed = report.Cases.Count(test => !test.Passed) + report.Untested.Count;
        int total = report.Cases.Count + report.Untested.Count;
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"## {report.Command}: {(failed == 0 ? $"all {total} passed" : $"{failed} of {total} failed")}"));
        writer.WriteLine();
        if (total == 0)
        {
            return;
        }

        writer.WriteLine("| | subject | platform | what | why |");
        writer.WriteLine("|---|---|---|---|---|");
        foreach (UntestedSubject subject in report.Untested)
        {
            writer.WriteLine(Row(false, subject.Subject, string.Empty, subject.ErrorId, subject.Message));
        }

        // What failed comes first: a reader looks for that.
        foreach (ReportCase test in report.Cases.OrderBy(test => test.Passed))
        {
            writer.WriteLine(Row(test.Passed, test.Subject, test.Platform, test.Name, test.Message));
        }
    }

    private static string Row(bool passed, params string[] cells) =>
        $"| {(passed ? "✅ passed" : "❌ failed")} | {string.Join(" | ", cells.Select(MarkdownText.Of))} |";
}
