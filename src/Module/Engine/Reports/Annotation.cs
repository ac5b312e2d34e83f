using System.Globalization;
using System.Text;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>An error or a warning as a system of continuous integration shows it beside the source.</summary>
public sealed record Annotation
{
    /// <summary>Whether it is an error; otherwise a warning.</summary>
    public required bool IsError { get; init; }

    /// <summary>What is wrong, in one line or several.</summary>
    public required string Message { get; init; }

    /// <summary>What it is about, in a few words: a rule, a program and its target; null for nothing.</summary>
    public string? Title { get; init; }

    /// <summary>The file, or null.</summary>
    public string? File { get; init; }

    /// <summary>The line, from 1, or null.</summary>
    public int? Line { get; init; }

    /// <summary>The column, from 1, or null.</summary>
    public int? Column { get; init; }

    /// <summary>The format for the service that runs this process, which its variables tell.</summary>
    /// <param name="variable">Gives the value of an environment variable.</param>
    public static AnnotationFormat FormatFor(Func<string, string?> variable)
    {
        // GitHub: "Store information in variables", GITHUB_ACTIONS; Azure: "Predefined variables", TF_BUILD.
        if (string.Equals(variable("GITHUB_ACTIONS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return AnnotationFormat.GitHub;
        }

        return string.Equals(variable("TF_BUILD"), "true", StringComparison.OrdinalIgnoreCase)
            ? AnnotationFormat.Azure
            : AnnotationFormat.Compiler;
    }

    /// <summary>
    /// It in one line. Whatever is in the texts, it cannot become a command of its own: a line of a log that begins with
    /// :: or ##vso[ is one.
    /// </summary>
    /// <param name="format">For whom.</param>
    public string ToLine(AnnotationFormat format) => format switch
    {
        AnnotationFormat.GitHub => GitHub(),
        AnnotationFormat.Azure => Azure(),
        _ => Compiler(),
    };

    // GitHub: "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit, packages/core/src/command.ts.
    private string GitHub()
    {
        string properties = string.Join(',', Properties("file", "line", "col", "title").Select(property =>
            $"{property.Name}={Percent(EscapedText.Of(property.Value)).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal)}"));
        string space = properties.Length == 0 ? string.Empty : " ";
        return $"::{(IsError ? "error" : "warning")}{space}{properties}::{Percent(EscapedText.OfLines(Message))}";
    }

    // Azure: "Logging commands", task.logissue; the escapes are those of azure-pipelines-task-lib, taskcommand.ts.
    private string Azure()
    {
        var command = new StringBuilder($"##vso[task.logissue type={(IsError ? "error" : "warning")};");
        foreach ((string name, string value) in Properties("sourcepath", "linenumber", "columnnumber", "code"))
        {
            command.Append(name).Append('=').Append(
                Percent(EscapedText.Of(value), "%AZP25").Replace("]", "%5D", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal)).Append(';');
        }

        return command.Append(']').Append(Percent(EscapedText.OfLines(Message), "%AZP25")).ToString();
    }

    // As gcc writes it (GNU Coding Standards, "Formatting Error Messages"), and problem matchers read it.
    private string Compiler()
    {
        string place = EscapedText.Of(string.Concat(
            File,
            Line is { } line ? string.Create(CultureInfo.InvariantCulture, $":{line}") : null,
            Column is { } column ? string.Create(CultureInfo.InvariantCulture, $":{column}") : null));
        string about = place.Length > 0 ? place : EscapedText.Of(Title);
        string lead = about.Length == 0 ? string.Empty : $"{about}: ";
        return $"{lead}{(IsError ? "error" : "warning")}: {EscapedText.Of(Message)}";
    }

    private IEnumerable<(string Name, string Value)> Properties(string file, string line, string column, string title)
    {
        if (File is not null)
        {
            yield return (file, File);
        }

        if (Line is { } number)
        {
            yield return (line, number.ToString(CultureInfo.InvariantCulture));
        }

        if (Column is { } place)
        {
            yield return (column, place.ToString(CultureInfo.InvariantCulture));
        }

        if (Title is not null)
        {
            yield return (title, Title);
        }
    }

    private static string Percent(string text, string percent = "%25") => text
        .Replace("%", percent, StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);
}
