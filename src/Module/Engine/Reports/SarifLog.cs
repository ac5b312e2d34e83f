using System.Text.Json.Nodes;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>What every log of SARIF 2.1.0 (OASIS Standard, 2020) has: a run, its rules and its results.</summary>
internal static class SarifLog
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>A log of one run.</summary>
    /// <param name="rules">What was looked for.</param>
    /// <param name="results">What was found.</param>
    /// <param name="invocations">How the run went; null where it is not stated.</param>
    /// <param name="artifacts">The files that were looked at; null where results have them alone.</param>
    internal static JsonObject Of(
        IEnumerable<JsonNode> rules, IEnumerable<JsonNode> results, JsonArray? invocations = null, JsonArray? artifacts = null)
    {
        var run = new JsonObject
        {
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = Product.Name,
                    ["semanticVersion"] = Product.Version,
                    ["rules"] = JsonText.Array(rules),
                },
            },
        };
        if (invocations is not null)
        {
            run["invocations"] = invocations;
        }

        if (artifacts is not null)
        {
            run["artifacts"] = artifacts;
        }

        run["columnKind"] = "utf16CodeUnits";
        run["results"] = JsonText.Array(results);
        return new JsonObject { ["$schema"] = Schema, ["version"] = "2.1.0", ["runs"] = new JsonArray(run) };
    }

    /// <summary>A text.</summary>
    internal static JsonObject Text(string text) => new() { ["text"] = text };

    /// <summary>A relative reference (RFC 3986, 4.2): whatever an image is called, each part is escaped.</summary>
    internal static string UriOf(string image) =>
        string.Join('/', image.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString));
}
