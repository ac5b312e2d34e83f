using System.Globalization;
using System.Net;
using System.Text;

namespace GoCross.Reports;

/// <summary>
/// A page of HTML that stands alone: style and script are in it, it asks no network (its policy forbids that), and it is light
/// or dark as the reader's system is. Texts are escaped.
/// </summary>
/// <param name="title">What the page is about.</param>
internal sealed class HtmlPage(string title)
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --paper: #ffffff; --line: #d1d9e0; --bar: #0969da; --mark: #1a7f37; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --line: #3d444d; --bar: #4493f8; --mark: #3fb950; } }
        body { margin: 0 auto; padding: 1.5rem; max-width: 75rem; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
        h1 { font-size: 1.4rem; margin: 0 0 .5rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
        p { margin: .3rem 0; } .soft { color: var(--soft); }
        .wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
        th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .bar { min-width: 8rem; } .bar > i { display: block; height: .8rem; margin-top: .3rem; background: var(--bar); }
        tr.best td:first-child { color: var(--mark); font-weight: 600; }
        """;

    private readonly StringBuilder _style = new(Style);
    private readonly StringBuilder _body = new();
    private string _script = string.Empty;

    /// <summary>A text as it may stand in a page and in an attribute.</summary>
    public static string Escape(string? text) => WebUtility.HtmlEncode(text ?? string.Empty);

    /// <summary>A number as style sheets and scripts read it.</summary>
    public static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Adds rules of style.</summary>
    public HtmlPage WithStyle(string rules)
    {
        _style.Append('\n').Append(rules);
        return this;
    }

    /// <summary>Sets the script, which runs when all else is there.</summary>
    public HtmlPage WithScript(string script)
    {
        _script = script;
        return this;
    }

    /// <summary>Adds markup, whose texts are escaped already.</summary>
    public HtmlPage Add(string markup)
    {
        _body.Append(markup).Append('\n');
        return this;
    }

    /// <summary>Adds a table.</summary>
    /// <param name="label">What it is, for those who do not see it.</param>
    /// <param name="heads">The heads of its columns; those that end with &gt; are of numbers.</param>
    /// <param name="rows">Cells of markup, and whether the row is marked.</param>
    public HtmlPage AddTable(string label, IReadOnlyList<string> heads, IEnumerable<(IReadOnlyList<string> Cells, bool IsBest)> rows)
    {
        string Class(int i) => heads[i].EndsWith('>') ? " class=\"number\"" : string.Empty;
        _body.Append(CultureInfo.InvariantCulture, $"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{Escape(label)}\"><table><thead><tr>");
        for (int i = 0; i < heads.Count; i++)
        {
            _body.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{Class(i)}>{Escape(heads[i].TrimEnd('>'))}</th>");
        }

        _body.Append("</tr></thead><tbody>\n");
        foreach ((IReadOnlyList<string> cells, bool isBest) in rows)
        {
            _body.Append(isBest ? "<tr class=\"best\">" : "<tr>");
            for (int i = 0; i < cells.Count; i++)
            {
                _body.Append(CultureInfo.InvariantCulture, $"<td{Class(i)}>{cells[i]}</td>");
            }

            _body.Append("</tr>\n");
        }

        _body.Append("</tbody></table></div>\n");
        return this;
    }

    /// <summary>A cell with a bar.</summary>
    /// <param name="share">Its length, 0 to 1.</param>
    public static string Bar(double share) =>
        $"<span class=\"bar\" style=\"display:block\"><i style=\"width:{Number(100 * Math.Clamp(share, 0, 1))}%\"></i></span>";

    /// <summary>The whole page.</summary>
    public override string ToString() => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>{Escape(title)}</title>
        <style>
        {_style}
        </style>
        </head>
        <body>
        <h1>{Escape(title)}</h1>
        {_body}</body>
        {(_script.Length == 0 ? string.Empty : $"<script>\n{_script}\n</script>\n")}</html>

        """;
}
