using System.Globalization;
using System.Text.Json;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>
/// Writes SARIF 2.1.0 (OASIS Standard, 2020): a run with a rule for each gate that was asked for, and a result for each
/// that an image fails. Gates that pass are not results: programs that show results take each for a finding. A path in an
/// image is a logical location; the physical one is the image.
/// </summary>
internal static class SarifReport
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    internal static void Write(GateReport report, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        List<GateRule> rules = [.. report.Results.Select(result => result.Rule).Distinct()];
        List<string> images = [.. report.Results.Select(result => result.Image).Concat(report.Untested.Select(image => image.Image)).Distinct()];
        json.WriteStartObject();
        json.WriteString("$schema", Schema);
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, rules);
        WriteInvocation(json, report);
        json.WriteStartArray("artifacts");
        foreach (string image in images)
        {
            json.WriteStartObject();
            json.WriteStartObject("location");
            json.WriteString("uri", UriOf(image));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (GateResult result in report.Results.Where(result => !result.Passed))
        {
            WriteResult(json, result, rules.IndexOf(result.Rule), images.IndexOf(result.Image));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, IEnumerable<GateRule> rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "GoCross");
        json.WriteString("semanticVersion", Version());
        json.WriteStartArray("rules");
        foreach (GateRule rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.ToString());
            json.WriteString("name", rule.ToString());
            WriteText(json, "shortDescription", GateText.DescriptionOf(rule));
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", "error");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter json, GateReport report)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", report.Untested.Count == 0);
        json.WriteString("startTimeUtc", Time(report.Started));
        json.WriteString("endTimeUtc", Time(report.Started + report.Duration));
        if (report.Untested.Count > 0)
        {
            json.WriteStartArray("toolExecutionNotifications");
            foreach (UntestedImage image in report.Untested)
            {
                json.WriteStartObject();
                json.WriteString("level", "error");
                WriteText(json, "message", image.Message);
                json.WriteStartObject("descriptor");
                json.WriteString("id", image.ErrorId);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, GateResult result, int ruleIndex, int imageIndex)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", result.Rule.ToString());
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", "error");
        WriteText(json, "message", result.Reason);
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", UriOf(result.Image));
        json.WriteNumber("index", imageIndex);
        json.WriteEndObject();
        json.WriteEndObject();
        if (result.Paths.Count > 0)
        {
            json.WriteStartArray("logicalLocations");
            foreach (string path in result.Paths.Take(GateText.MaxPaths))
            {
                json.WriteStartObject();
                json.WriteString("fullyQualifiedName", EscapedText.Of(path));
                json.WriteString("kind", "resource");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();

        // What makes two results of two runs the same finding.
        json.WriteStartObject("partialFingerprints");
        json.WriteString("gate/v1", EscapedText.Of($"{result.Platform} {GateText.NameOf(result)}"));
        json.WriteEndObject();
        json.WriteStartObject("properties");
        WriteValue(json, "limit", result.Limit);
        WriteValue(json, "actual", result.Actual);
        json.WriteString("unit", result.Unit.ToString());
        json.WriteString("platform", EscapedText.Of(result.Platform));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", EscapedText.OfLines(text));
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case long or int:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, EscapedText.Of(Convert.ToString(value, CultureInfo.InvariantCulture)));
                break;
        }
    }

    /// <summary>A relative reference (RFC 3986, 4.2): whatever an image is called, each part is escaped.</summary>
    internal static string UriOf(string image) =>
        string.Join('/', image.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString));

    private static string Time(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Version() => typeof(SarifReport).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
