using Json.Schema;

namespace GoCross.Tests;

/// <summary>
/// The official JSON schemas, which are not in the repository: from the folder in GOCROSS_SCHEMAS, or from
/// ../shared/data/schemas beside the checkout.
/// </summary>
public static class Schemas
{
    private static readonly object Gate = new();
    private static readonly Dictionary<string, JsonSchema> Loaded = [];

    /// <summary>Their folder, or null where it is not there.</summary>
    public static string? Folder { get; } = Data.Find("GOCROSS_SCHEMAS", "schemas");

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
                    string path = Path.Combine(Folder!, part);
                    if (File.Exists(path))
                    {
                        var schema = JsonSchema.FromFile(path);
                        SchemaRegistry.Global.Register(schema);
                        Loaded.Add(part, schema);
                    }
                }
            }

            if (!Loaded.TryGetValue(name, out JsonSchema? wanted))
            {
                wanted = JsonSchema.FromFile(Path.Combine(Folder!, name));
                Loaded.Add(name, wanted);
            }

            return wanted;
        }
    }
}

/// <summary>A theory that needs Go and the official schemas. Where they are missing it is skipped.</summary>
public sealed class SchemaTheoryAttribute : TheoryAttribute
{
    public SchemaTheoryAttribute()
    {
        if (Schemas.Folder is null)
        {
            Skip = "needs the official schemas (GOCROSS_SCHEMAS, or ../shared/data/schemas)";
        }
        else if (Tools.Find("go") is null)
        {
            Skip = "needs go";
        }
    }
}
