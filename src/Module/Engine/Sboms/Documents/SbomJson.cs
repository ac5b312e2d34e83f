using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GoCross.Formatting;

namespace GoCross.Sboms;

/// <summary>Reads and writes documents of bills of materials.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(CycloneDxBom))]
[JsonSerializable(typeof(SpdxFile))]
internal sealed partial class SbomJson : JsonSerializerContext
{
    /// <summary>Writes + and the like as they are; what a terminal could obey stays escaped.</summary>
    internal static SbomJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FileNameConverter() },
    });

    /// <summary>
    /// Writes the name of a file that is not UTF-8, which JSON has no way to say, with its bytes as escapes: two such names
    /// stay two. Everything else is written as it is.
    /// </summary>
    private sealed class FileNameConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Any(ByteText.IsByte) ? EscapedText.Of(value) : value);
    }
}
