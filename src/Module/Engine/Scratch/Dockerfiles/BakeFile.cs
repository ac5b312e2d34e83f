using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GoCross.Scratch;

/// <summary>
/// Writes the JSON for docker buildx bake (Bake file reference): a target for all platforms, and one for each of them. It
/// holds nothing that identifies a person or a machine.
/// </summary>
internal static class BakeFile
{
    /// <summary>Writes it.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="dockerfile">The Dockerfile's path in the context, with slashes.</param>
    /// <param name="platforms">The platforms, as docker names them.</param>
    /// <param name="tags">The image's names.</param>
    internal static byte[] Write(string name, string dockerfile, IReadOnlyList<string> platforms, IReadOnlyList<string> tags)
    {
        string target = TargetName(name);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("group");
            json.WriteStartObject("default");
            WriteList(json, "targets", [target]);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("target");
            json.WriteStartObject(target);
            json.WriteString("context", ".");
            json.WriteString("dockerfile", dockerfile);
            WriteList(json, "platforms", platforms);
            WriteList(json, "tags", tags);
            json.WriteEndObject();

            // An engine takes in an image for one platform only (--load), and a person tries one first.
            foreach (string platform in platforms.Count > 1 ? platforms : [])
            {
                json.WriteStartObject(TargetName($"{name}-{platform}"));
                WriteList(json, "inherits", [target]);
                WriteList(json, "platforms", [platform]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        // The writer ends lines as the machine does.
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n") + "\n");
    }

    /// <summary>A target's name: bake takes letters, digits, _ and - (bake/hclparser, validTargetNameChars).</summary>
    internal static string TargetName(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '-'));

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
