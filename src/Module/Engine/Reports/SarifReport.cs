using System.Globalization;
using System.Text.Json.Nodes;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>
/// Writes SARIF 2.1.0 (OASIS Standard, 2020): a run with a rule for each gate that was asked for, and a result for each
/// case that failed. What passes is no result: programs that show results take each for a finding. A path in an image is a
/// logical location; the physical one is the image.
/// </summary>
internal static class SarifReport
{
    internal static void Write(GateReport report, Stream stream)
    {
        List<string> rules = [.. report.Cases.Select(test => test.Rule).Distinct()];
        ReportCase[] failed = [.. report.Cases.Where(test => !test.Passed)];
        List<string> artifacts =
        [
            .. report.Cases.Where(test => test.Places.Count == 0).Select(test => UriOf(report, test.Subject))
                .Concat(report.Untested.Select(subject => UriOf(report, subject.Subject)))
                .Concat(failed.SelectMany(test => test.Places).Select(place => UriOf(report, place.File ?? string.Empty)))
                .Distinct(),
        ];
        JsonText.Write(stream, SarifLog.Of(
            rules.Select(Rule),
            failed.SelectMany(test => Results(report, test, rules.IndexOf(test.Rule), artifacts)),
            new JsonArray(Invocation(report)),
            JsonText.Array(artifacts.Select(uri => new JsonObject { ["location"] = new JsonObject { ["uri"] = uri } }))));
    }

    private static JsonObject Rule(string rule) => new()
    {
        ["id"] = rule,
        ["name"] = rule,
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
            invocation["toolExecutionNotifications"] = JsonText.Array(report.Untested.Select(subject => new JsonObject
            {
                ["level"] = "error",
                ["message"] = Text(subject.Message),
                ["descriptor"] = new JsonObject { ["id"] = subject.ErrorId },
            }));
        }

        return invocation;
    }

    // A build that failed is as many results as it has errors with a place: each is shown beside its line.
    private static IEnumerable<JsonObject> Results(GateReport report, ReportCase test, int ruleIndex, List<string> artifacts)
    {
        if (test.Places.Count == 0)
        {
            yield return Result(test, ruleIndex, test.Message, Location(UriOf(report, test.Subject), artifacts, test.Paths));
        }

        foreach (Annotation place in test.Places)
        {
            JsonObject location = Location(UriOf(report, place.File ?? string.Empty), artifacts, []);
            if (place.Line is { } line)
            {
                // Columns are those of compilers, in bytes; only the start is known.
                var region = new JsonObject { ["startLine"] = line };
                if (place.Column is { } column)
                {
                    region["startColumn"] = column;
                }

                location["physicalLocation"]!["region"] = region;
            }

            yield return Result(test, ruleIndex, place.Message, location);
        }
    }

    private static JsonObject Location(string uri, List<string> artifacts, IReadOnlyList<string> paths)
    {
        var location = new JsonObject
        {
            ["physicalLocation"] = new JsonObject
            {
                ["artifactLocation"] = new JsonObject { ["uri"] = uri, ["index"] = artifacts.IndexOf(uri) },
            },
        };
        if (paths.Count > 0)
        {
            location["logicalLocations"] = JsonText.Array(paths.Take(GateText.MaxPaths).Select(path => new JsonObject
            {
                ["fullyQualifiedName"] = EscapedText.Of(path),
                ["kind"] = "resource",
            }));
        }

        return location;
    }

    private static JsonObject Result(ReportCase test, int ruleIndex, string message, JsonObject location)
    {
        var properties = new JsonObject();
        if (test.Gate is { } gate)
        {
            properties["limit"] = Value(gate.Limit);
            properties["actual"] = Value(gate.Actual);
            properties["unit"] = gate.Unit.ToString();
        }

        properties["platform"] = EscapedText.Of(test.Platform);
        return new JsonObject
        {
            ["ruleId"] = test.Rule,
            ["ruleIndex"] = ruleIndex,
            ["level"] = "error",
            ["message"] = Text(message),
            ["locations"] = new JsonArray(location),

            // What makes two results of two runs the same finding.
            ["partialFingerprints"] = new JsonObject
            {
                ["gate/v1"] = EscapedText.Of(test.Places.Count == 0 ? $"{test.Platform} {test.Name}" : $"{test.Platform} {test.Name} {message}"),
            },
            ["properties"] = properties,
        };
    }

    // Files of the source are told from the root, as programs that show them beside the source want it.
    private static string UriOf(GateReport report, string name)
    {
        string? root = report.Root;
        if (root is not null && Path.IsPathFullyQualified(name))
        {
            string relative = Path.GetRelativePath(root, name);
            if (!Path.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal))
            {
                return SarifLog.UriOf(relative);
            }

            return new Uri(name).AbsoluteUri;
        }

        return SarifLog.UriOf(name);
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
