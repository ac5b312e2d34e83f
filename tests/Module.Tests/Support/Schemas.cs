using Json.Schema;

namespace GoCross.Tests;

/// <summary>
/// The official JSON schemas, which are not in the repository: from the folder in GOCROSS_SCHEMAS, or from
/// shared/data/schemas beside the checkout or above it.
/// </summary>
public static class Schemas
{
    private static readonly object Gate = new();
    private static readonly Dictionary<string, JsonSchema> Loaded = [];

    private static readonly string? Folder = Data.Find("GOCROSS_SCHEMAS", "schemas");

    /// <summary>The path of a schema; those of CycloneDX are in a package of npm, too. Null where it is not there.</summary>
    public static string? PathOf(string name) => Folder is not null
        ? Path.Combine(Folder, name)
        : Tools.Find("artifacts/tools/cyclonedx/res/schema/" + name.Replace(".schema.json", ".SNAPSHOT.schema.json", StringComparison.Ordinal));

    // The package calls its files otherwise than they call each other.
    private static JsonSchema Read(string path) =>
        JsonSchema.FromText(File.ReadAllText(path).Replace(".SNAPSHOT.schema.json", ".schema.json", StringComparison.Ordinal));

    /// <summary>A schema by its file's name.</summary>
    public static JsonSchema Get(string name)
    {
        lock (Gate)
        {
            if (Loaded.Count == 0)
            {
                // What others refer to comes first.
                foreach (string part in new[] { "spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json" })
                {
                    if (PathOf(part) is { } path && File.Exists(path))
                    {
                        JsonSchema schema = Read(path);
                        SchemaRegistry.Global.Register(schema);
                        Loaded.Add(part, schema);
                    }
                }
            }

            if (!Loaded.TryGetValue(name, out JsonSchema? wanted))
            {
                wanted = Read(PathOf(name)!);
                Loaded.Add(name, wanted);
            }

            return wanted;
        }
    }
}

/// <summary>A theory that needs Go and an official schema. Where one is missing it is skipped.</summary>
public sealed class SchemaTheoryAttribute : TheoryAttribute
{
    public SchemaTheoryAttribute(string schema)
    {
        if (Schemas.PathOf(schema) is null)
        {
            Skip = $"needs the official JSON schema {schema}: set GOCROSS_SCHEMAS to a folder that has them (see CONTRIBUTING.md)";
        }
        else if (Tools.Find("go") is null)
        {
            Skip = "needs go";
        }
    }
}
