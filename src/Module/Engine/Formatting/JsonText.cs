using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoCross.Formatting;

/// <summary>
/// JSON documents that are written and not read: an object in the source has the document's own form. What is read, too,
/// has records.
/// </summary>
internal static class JsonText
{
    // The strict encoder is for JSON inside of HTML; this one leaves a + in a version readable.
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A document as text for readers: indented, with as few escapes as JSON allows, lines ended by line feeds.</summary>
    internal static string Write(JsonNode document) => document.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";

    /// <summary>Writes a document, indented, with the escapes that also HTML needs.</summary>
    internal static void Write(Stream stream, JsonNode document)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        document.WriteTo(json);
    }

    /// <summary>An array of what is given.</summary>
    internal static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);

    /// <summary>An array of texts.</summary>
    internal static JsonArray Array(IEnumerable<string> texts) => Array(texts.Select(text => (JsonNode)text));

    /// <summary>An object whose names are not known beforehand.</summary>
    internal static JsonObject Object(IEnumerable<KeyValuePair<string, string>> values) =>
        new(values.Select(value => new KeyValuePair<string, JsonNode?>(value.Key, value.Value)));
}
