using System.Text;
using System.Text.Json.Nodes;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;

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
        var targets = new JsonObject
        {
            [target] = new JsonObject
            {
                ["context"] = ".",
                ["dockerfile"] = dockerfile,
                ["platforms"] = JsonText.Array(platforms),
                ["tags"] = JsonText.Array(tags),
            },
        };

        // An engine takes in an image for one platform only (--load), and a person tries one first.
        foreach (string platform in platforms.Count > 1 ? platforms : [])
        {
            targets[TargetName($"{name}-{platform}")] = new JsonObject
            {
                ["inherits"] = new JsonArray(target),
                ["platforms"] = new JsonArray(platform),
            };
        }

        return WrittenMark.Sign(Encoding.UTF8.GetBytes(JsonText.Write(new JsonObject
        {
            ["group"] = new JsonObject { ["default"] = new JsonObject { ["targets"] = new JsonArray(target) } },
            ["target"] = targets,

            // A comment (HCL JSON Syntax Specification; hashicorp/hcl, json/structure.go).
            ["//"] = WrittenMark.Unsigned,
        })));
    }

    /// <summary>The path of a file that bake reads as JSON: by .hcl and .yaml it knows other languages (buildx, bake/bake.go, ParseFiles).</summary>
    /// <exception cref="GoCrossException">BakePathNotJson.</exception>
    internal static string RequireJson(string path) => Path.GetExtension(path).ToLowerInvariant() is ".hcl" or ".yml" or ".yaml"
        ? throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.BakePathNotJson), path, Path.ChangeExtension(path, ".json"))
        : path;

    /// <summary>A target's name: bake takes letters, digits, _ and - (bake/hclparser, validTargetNameChars).</summary>
    internal static string TargetName(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '-'));
}
