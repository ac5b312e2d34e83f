using System.Globalization;
using System.Text;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.Reports;

namespace GoCross.Strategies;

/// <summary>The table of strategies for a README, for the summary of a CI run, and as a page that stands alone.</summary>
public static class StrategyTable
{
    private static readonly string[] Heads =
        ["Strategy", "Base", "Binary", "Image", "gzip", "zstd", "Difference", "Start", "Private memory", "Needs"];

    /// <summary>Prepares a file for a table, and finds out before the work whether it can be written.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="Errors.GoCrossException">FileExists; PathIsDirectory; PathIsSpecial; OutputIsLink; OutputNotWritable.</exception>
    public static AtomicFile Prepare(string path, bool overwrite) => OutputFiles.Prepare(path, overwrite);

    /// <summary>Writes the table in Markdown, whole or not at all.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="file">Where to.</param>
    /// <exception cref="Errors.GoCrossException">FileExists; OutputNotWritable.</exception>
    public static void SaveMarkdown(IReadOnlyList<StrategyMeasurement> rows, AtomicFile file) =>
        OutputFiles.WriteText(file, Markdown(rows));

    /// <summary>Writes the page of HTML, whole or not at all.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="file">Where to.</param>
    /// <exception cref="Errors.GoCrossException">FileExists; OutputNotWritable.</exception>
    public static void SaveHtml(IReadOnlyList<StrategyMeasurement> rows, AtomicFile file) =>
        OutputFiles.WriteText(file, Html(rows));

    /// <summary>A table in Markdown for each program and target, the verdicts behind it.</summary>
    /// <param name="rows">The rows.</param>
    internal static string Markdown(IReadOnlyList<StrategyMeasurement> rows)
    {
        var text = new StringBuilder();
        foreach (var group in rows.GroupBy(row => (row.Name, row.Target)))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {MarkdownText.Of(group.Key.Name)}, {MarkdownText.Of(group.Key.Target)}\n\n");
            text.Append("| ").AppendJoin(" | ", Heads).Append(" |\n|");
            text.AppendJoin('|', Heads.Select((_, i) => i is 0 or 1 or 9 ? "---" : "---:")).Append("|\n");
            foreach (StrategyMeasurement row in group)
            {
                string[] cells = [.. Cells(row).Select(MarkdownText.Of)];
                cells[0] = row.IsRecommended ? $"**{cells[0]}**" : cells[0];
                text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
            }

            text.Append('\n');
            foreach (StrategyMeasurement row in group)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {MarkdownText.Of(NameOf(row))}, {MarkdownText.Of(row.Base)}: {MarkdownText.Of(Told(row))}\n");
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>A page of HTML with bars, which asks no network.</summary>
    /// <param name="rows">The rows.</param>
    internal static string Html(IReadOnlyList<StrategyMeasurement> rows)
    {
        var page = new HtmlPage(Texts.StrategyPageTitle);
        foreach (var group in rows.GroupBy(row => (row.Name, row.Target)))
        {
            string title = $"{group.Key.Name}, {group.Key.Target}";
            double mostImage = group.Max(row => row.ImageLength ?? 0);
            double mostStart = group.Max(row => row.Start?.Median.TotalMilliseconds ?? 0);
            page.Add($"<h2>{HtmlPage.Escape(title)}</h2>").AddTable(
                title,
                [.. Heads.Select((head, i) => i is 0 or 1 or 9 ? head : head + ">")],
                group.Select(row =>
                {
                    string[] cells = [.. Cells(row).Select(HtmlPage.Escape)];
                    cells[3] += row.ImageLength is { } length ? HtmlPage.Bar(length / mostImage) : string.Empty;
                    cells[7] += row.Start is { } start ? HtmlPage.Bar(start.Median.TotalMilliseconds / mostStart) : string.Empty;
                    return ((IReadOnlyList<string>)cells, row.IsRecommended);
                }));
            page.Add("<ul>");
            foreach (StrategyMeasurement row in group)
            {
                page.Add($"<li>{HtmlPage.Escape($"{NameOf(row)}, {row.Base}: {Told(row)}")}</li>");
            }

            page.Add("</ul>");
        }

        return page.ToString();
    }

    private static string[] Cells(StrategyMeasurement row) =>
    [
        NameOf(row),
        row.Base,
        Bytes(row.BinaryLength),
        row.IsAvailable ? Bytes(row.ImageLength) : Texts.StrategyUnavailable,
        Bytes(row.GzipLength),
        Bytes(row.ZstdLength),
        row.DifferencePercent is { } percent ? percent.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %" : string.Empty,
        row.Start is { } start
            ? string.Create(CultureInfo.InvariantCulture, $"{start.Median.TotalMilliseconds:0.00} ms ± {start.InterquartileRange.TotalMilliseconds / 2:0.00}")
            : string.Empty,
        Bytes(row.Start?.PrivateMemory),
        string.Join(", ", row.Dependencies),
    ];

    private static string NameOf(StrategyMeasurement row) => row.IsCompressed ? $"{row.Strategy} + UPX" : row.Strategy.ToString();

    private static string Told(StrategyMeasurement row) => string.Join(
        ' ', ((string?[])[row.Verdict, row.UnavailableReason, row.NotStartedReason,
            row.BaseSource is { } source ? TextFormat.Fill(Texts.StrategyBaseSource, source) : null, .. row.Warnings]).OfType<string>());

    // The unit once and for all, as numbers of one column are compared.
    private static string Bytes(long? length) =>
        length is { } bytes ? (bytes / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + " MB" : string.Empty;
}
