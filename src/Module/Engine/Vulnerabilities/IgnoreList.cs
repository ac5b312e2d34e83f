using System.Globalization;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Vulnerabilities;

/// <summary>
/// What a user has looked at and need not be reported: an OpenVEX document, a CycloneDX document with analyses, or a list in
/// JSON of ids with reasons and dates on which they end.
/// </summary>
public sealed class IgnoreList
{
    private const long MaxFileLength = 64L << 20;

    private readonly List<Rule> _rules = [];

    /// <summary>Reads a document, and adds what it says.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty; IgnoreListUnknown.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public void Read(string path)
    {
        using var file = RandomAccessFile.Open(path);
        if (file.Length > MaxFileLength)
        {
            throw Unknown(path);
        }

        byte[] content = new byte[file.Length];
        try
        {
            using JsonDocument json = JsonDocument.Parse(content.AsMemory(0, file.Read(0, content)));
            JsonElement root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
            {
                ReadList(path, root);
            }
            else if (Text(root, "@context")?.Contains("openvex", StringComparison.OrdinalIgnoreCase) == true)
            {
                ReadOpenVex(root);
            }
            else if (Text(root, "bomFormat") == "CycloneDX")
            {
                ReadCycloneDx(root);
            }
            else if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("ignore", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
            {
                ReadList(path, list);
            }
            else
            {
                throw Unknown(path);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is what a text that is not UTF-8 throws.
            throw Unknown(path, e);
        }
    }

    /// <summary>Adds an id without a reason.</summary>
    /// <param name="id">The report's id or an alias.</param>
    public void Add(string id) => _rules.Add(new Rule(id, null, null, null));

    /// <summary>Says of a finding whether it is ignored.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="today">The day; a rule holds on the day on which it ends.</param>
    public Vulnerability Apply(Vulnerability finding, DateOnly today)
    {
        Rule? rule = _rules.FirstOrDefault(rule =>
            (string.Equals(rule.Id, finding.Id, StringComparison.OrdinalIgnoreCase)
                || finding.Aliases.Contains(rule.Id, StringComparer.OrdinalIgnoreCase))
            && (rule.Package is null || IsPackage(rule.Package, finding))
            && (rule.Until is not { } end || today <= end));
        return rule is null ? finding : finding with { Status = VulnerabilityStatus.Ignored, IgnoreReason = rule.Reason ?? rule.Id };
    }

    // A purl with or without a version, or a name.
    private static bool IsPackage(string package, Vulnerability finding) =>
        Names.PackageUrl.TryParse(package, out Names.PackageUrl? url)
            ? finding.Components.Any(component => component.PackageUrl is { } own
                && own.Type == url.Type
                && string.Equals(own.FullName, url.FullName, StringComparison.OrdinalIgnoreCase)
                && (url.Version is null || own.Version == url.Version))
            : string.Equals(package, finding.Package, StringComparison.OrdinalIgnoreCase);

    private void ReadList(string path, JsonElement list)
    {
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                Add(item.GetString()!);
                continue;
            }

            string? until = Text(item, "expires") ?? Text(item, "until");
            DateOnly? end = null;
            if (until is not null)
            {
                end = DateOnly.TryParseExact(until.Length > 10 ? until[..10] : until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
                    ? date
                    : throw Unknown(path);
            }

            _rules.Add(new Rule(Text(item, "id") ?? throw Unknown(path), Text(item, "package"), Text(item, "reason"), end));
        }
    }

    // OpenVEX 0.2.0: not_affected and fixed need no report; affected and under_investigation do.
    private void ReadOpenVex(JsonElement root)
    {
        foreach (JsonElement statement in Items(root, "statements"))
        {
            if (Text(statement, "status") is not ("not_affected" or "fixed") || !statement.TryGetProperty("vulnerability", out JsonElement vulnerability))
            {
                continue;
            }

            string?[] ids = vulnerability.ValueKind == JsonValueKind.String
                ? [vulnerability.GetString()]
                : [Text(vulnerability, "name"), .. Items(vulnerability, "aliases").Select(alias => alias.ValueKind == JsonValueKind.String ? alias.GetString() : null)];
            string? reason = Text(statement, "impact_statement") ?? Text(statement, "justification") ?? Text(statement, "status");

            // What a product is made of is named in subcomponents; a product alone is the whole that was looked at.
            string[] packages =
            [
                .. Items(statement, "products").SelectMany(product => Items(product, "subcomponents"))
                    .Select(part => Text(part, "@id") ?? (part.TryGetProperty("identifiers", out JsonElement own) ? Text(own, "purl") : null))
                    .OfType<string>(),
            ];
            foreach (string id in ids.OfType<string>())
            {
                foreach (string? package in packages.Length == 0 ? [null] : packages.Cast<string?>())
                {
                    _rules.Add(new Rule(id, package, reason, null));
                }
            }
        }
    }

    private void ReadCycloneDx(JsonElement root)
    {
        foreach (JsonElement vulnerability in Items(root, "vulnerabilities"))
        {
            if (Text(vulnerability, "id") is { } id
                && vulnerability.TryGetProperty("analysis", out JsonElement analysis)
                && Text(analysis, "state") is "not_affected" or "false_positive" or "resolved" or "resolved_with_pedigree")
            {
                string? reason = Text(analysis, "detail") ?? Text(analysis, "justification") ?? Text(analysis, "state");
                _rules.Add(new Rule(id, null, reason, null));
                foreach (JsonElement reference in Items(vulnerability, "references"))
                {
                    if (Text(reference, "id") is { } alias)
                    {
                        _rules.Add(new Rule(alias, null, reason, null));
                    }
                }
            }
        }
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static GoCrossException Unknown(string path, Exception? cause = null) => GoCrossException.FromResource(
        Messages.ResourceManager, ErrorKind.InvalidData, nameof(Messages.IgnoreListUnknown), cause, path);

    private sealed record Rule(string Id, string? Package, string? Reason, DateOnly? Until);
}
