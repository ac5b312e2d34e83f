using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoCross.Vulnerabilities;

// The OSV format (ossf/osv-schema, docs/schema.md, 1.7; the Go database writes 1.3.1): of the fields those that matching
// needs.

/// <summary>A report.</summary>
internal sealed record OsvEntry
{
    public string? Id { get; init; }

    public string? Modified { get; init; }

    public string? Published { get; init; }

    public string? Withdrawn { get; init; }

    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Of distributions: the vulnerabilities that a report of theirs is about.</summary>
    public IReadOnlyList<string>? Upstream { get; init; }

    public string? Summary { get; init; }

    public IReadOnlyList<OsvSeverity>? Severity { get; init; }

    public IReadOnlyList<OsvAffected>? Affected { get; init; }

    [JsonPropertyName("database_specific")]
    public OsvDatabaseSpecific? DatabaseSpecific { get; init; }

    /// <summary>The report without the items of lists that are null: no list may have any, and they say nothing.</summary>
    internal OsvEntry WithoutNulls() => this with
    {
        Aliases = Items(Aliases),
        Upstream = Items(Upstream),
        Severity = Items(Severity),
        Affected = Items(Affected, part => part with
        {
            Severity = Items(part.Severity),
            Ranges = Items(part.Ranges, WithoutNulls),
            Versions = Items(part.Versions),
            EcosystemSpecific = part.EcosystemSpecific is not { } specific ? null : specific with
            {
                Imports = Items(specific.Imports, import => import with
                {
                    GoOS = Items(import.GoOS),
                    GoArch = Items(import.GoArch),
                    Symbols = Items(import.Symbols),
                }),
                CustomRanges = Items(specific.CustomRanges, WithoutNulls),
            },
        }),
    };

    private static OsvRange WithoutNulls(OsvRange range) => range with { Events = Items(range.Events) };

    private static T[]? Items<T>(IReadOnlyList<T>? list, Func<T, T>? change = null)
        where T : class => list?.OfType<T>().Select(item => change is null ? item : change(item)).ToArray();
}

/// <summary>How bad it is: a CVSS vector.</summary>
internal sealed record OsvSeverity(string? Type, string? Score);

/// <summary>A package and its versions.</summary>
internal sealed record OsvAffected
{
    public OsvPackage? Package { get; init; }

    public IReadOnlyList<OsvSeverity>? Severity { get; init; }

    public IReadOnlyList<OsvRange>? Ranges { get; init; }

    public IReadOnlyList<string>? Versions { get; init; }

    [JsonPropertyName("ecosystem_specific")]
    public OsvEcosystemSpecific? EcosystemSpecific { get; init; }
}

/// <summary>A package by its name.</summary>
internal sealed record OsvPackage(string? Name, string? Ecosystem);

/// <summary>A range of versions.</summary>
internal sealed record OsvRange(string? Type, IReadOnlyList<OsvEvent>? Events);

/// <summary>Where a range begins or ends.</summary>
internal sealed record OsvEvent
{
    public string? Introduced { get; init; }

    public string? Fixed { get; init; }

    [JsonPropertyName("last_affected")]
    public string? LastAffected { get; init; }
}

/// <summary>What the Go database adds (golang/vulndb, doc/format.md).</summary>
internal sealed record OsvEcosystemSpecific
{
    public IReadOnlyList<OsvImport>? Imports { get; init; }

    [JsonPropertyName("custom_ranges")]
    public IReadOnlyList<OsvRange>? CustomRanges { get; init; }
}

/// <summary>A package of a module and what of it is vulnerable; with no symbols, all of it.</summary>
internal sealed record OsvImport
{
    public string? Path { get; init; }

    [JsonPropertyName("goos")]
    public IReadOnlyList<string>? GoOS { get; init; }

    [JsonPropertyName("goarch")]
    public IReadOnlyList<string>? GoArch { get; init; }

    public IReadOnlyList<string>? Symbols { get; init; }

    /// <summary>Those of <see cref="Symbols"/> that have the fault, which no published report tells; null where nothing does.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Roots { get; init; }
}

/// <summary>What databases say of a report besides.</summary>
internal sealed record OsvDatabaseSpecific
{
    public string? Url { get; init; }

    /// <summary>Of GitHub: LOW, MODERATE, HIGH, CRITICAL. Other databases put other things there, which are passed over.</summary>
    [JsonConverter(typeof(WordConverter))]
    public string? Severity { get; init; }
}

/// <summary>index/db.json of the Go database (go.dev/doc/security/vuln/database).</summary>
internal sealed record GoDatabaseIndex(string? Modified);

/// <summary>An item of index/vulns.json of the Go database.</summary>
internal sealed record GoDatabaseReport(string? Id, string? Modified);

/// <summary>Reads and writes them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OsvEntry))]
[JsonSerializable(typeof(GoDatabaseIndex))]
[JsonSerializable(typeof(List<GoDatabaseReport>))]
internal sealed partial class OsvJson : JsonSerializerContext;

/// <summary>Reads a text, and nothing of what is none.</summary>
internal sealed class WordConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // It is not UTF-8.
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
