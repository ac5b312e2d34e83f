using System.Globalization;
using System.Text.Json.Nodes;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>
/// Writes SARIF 2.1.0 (OASIS Standard, 2020): a run with a rule for each gate that was asked for, and a result for each
/// that an image fails. Gates that pass are not results: programs that show results take each for a finding. A path in an
/// image is a logical location; the physical one is the image.
/// </summary>
internal static class SarifReport
{
    internal static void Write(GateReport report, Stream stream)
    {
        List<GateRule> rules = [.. report.Results.Select(result => result.Rule).Distinct()];
        List<string> images = [.. report.Results.Select(result => result.Image).Concat(report.Untested.Select(image => image.Image)).Distinct()];
        JsonText.Write(stream, SarifLog.Of(
            rules.Select(Rule),
            report.Results
                .Where(result => !result.Passed)
                .Select(result => Result(result, rules.IndexOf(result.Rule), images.IndexOf(result.Image))),
            new JsonArray(Invocation(report)),
            JsonText.Array(images.Select(image => new JsonObject
            {
                ["location"] = new JsonObject { ["uri"] = SarifLog.UriOf(image) },
            }))));
    }

    private static JsonObject Rule(GateRule rule) => new()
    {
        ["id"] = rule.ToString(),
        ["name"] = rule.ToString(),
        ["shortDescription"] = Text(GateText.DescriptionOf(rule)),
        ["defaultConfiguration"] = new JsonObject { ["level"] = "error" },
    };

    private static JsonObject Invocation(GateReport report)
    {
        var invocation = new JsonObject
        {
            ["executionSuccessful"] = report.Untested.Count == 0,
            ["startTimeUtc"] = Time(report.Started),
            ["endTimeUtc"] = Time(report.Started + report.Duration),
        };
        if (report.Untested.Count > 0)
        {
            invocation["toolExecutionNotifications"] = JsonText.Array(report.Untested.Select(image => new JsonObject
            {
                ["level"] = "error",
                ["message"] = Text(image.Message),
                ["descriptor"] = new JsonObject { ["id"] = image.ErrorId },
            }));
        }

        return invocation;
    }

    private static JsonObject Result(GateResult result, int ruleIndex, int imageIndex)
    {
        var location = new JsonObject
        {
            ["physicalLocation"] = new JsonObject
            {
                ["artifactLocation"] = new JsonObject { ["uri"] = SarifLog.UriOf(result.Image), ["index"] = imageIndex },
            },
        };
        if (result.Paths.Count > 0)
        {
            location["logicalLocations"] = JsonText.Array(result.Paths.Take(GateText.MaxPaths).Select(path => new JsonObject
            {
                ["fullyQualifiedName"] = EscapedText.Of(path),
                ["kind"] = "resource",
            }));
        }

        return new JsonObject
        {
            ["ruleId"] = result.Rule.ToString(),
            ["ruleIndex"] = ruleIndex,
            ["level"] = "error",
            ["message"] = Text(result.Reason),
            ["locations"] = new JsonArray(location),

            // What makes two results of two runs the same finding.
            ["partialFingerprints"] = new JsonObject
            {
                ["gate/v1"] = EscapedText.Of($"{result.Platform} {GateText.NameOf(result)}"),
            },
            ["properties"] = new JsonObject
            {
                ["limit"] = Value(result.Limit),
                ["actual"] = Value(result.Actual),
                ["unit"] = result.Unit.ToString(),
                ["platform"] = EscapedText.Of(result.Platform),
            },
        };
    }

    private static JsonObject Text(string text) => SarifLog.Text(EscapedText.OfLines(text));

    private static JsonNode? Value(object? value) => value switch
    {
        null => null,
        long or int => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        double number => number,
        _ => EscapedText.Of(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static string Time(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
