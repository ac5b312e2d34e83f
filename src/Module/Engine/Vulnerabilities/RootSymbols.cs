using System.Text;

namespace GoCross.Vulnerabilities;

/// <summary>
/// Reads which functions a report of the Go vulnerability database is about. What its server publishes lists them together
/// with those that may come to call them; the reports that it is made from (golang/vulndb, data/reports, doc/format.md)
/// keep the two apart, as symbols and derived_symbols of a package.
/// </summary>
internal static class RootSymbols
{
    /// <summary>Says of each package of a report which of its functions are roots.</summary>
    /// <param name="entry">The report as it is published.</param>
    /// <param name="source">The report that it was made from, in YAML as golang/vulndb writes it, an item a line.</param>
    internal static OsvEntry Apply(OsvEntry entry, ReadOnlySpan<byte> source)
    {
        Dictionary<string, List<string>> roots = Read(Encoding.UTF8.GetString(source));
        return entry with
        {
            Affected = entry.Affected?.Select(part => part.EcosystemSpecific?.Imports is not { } imports ? part : part with
            {
                EcosystemSpecific = part.EcosystemSpecific with { Imports = imports.Select(import => Apply(import, roots)).ToArray() },
            }).ToArray(),
        };
    }

    private static OsvImport Apply(OsvImport import, Dictionary<string, List<string>> roots) =>
        import is { Path: { } path, Symbols.Count: > 0 } && roots.TryGetValue(path, out List<string>? symbols)
            ? import with { Roots = symbols.Intersect(import.Symbols, StringComparer.Ordinal).ToArray() }
            : import;

    private static Dictionary<string, List<string>> Read(string text)
    {
        var roots = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? package = null;
        bool isInSymbols = false;
        foreach (string line in text.Split('\n'))
        {
            string item = line.Trim();
            bool isListItem = item.StartsWith("- ", StringComparison.Ordinal);
            string content = isListItem ? item[2..].Trim() : item;
            if (content.StartsWith("package:", StringComparison.Ordinal))
            {
                string path = Unquoted(content["package:".Length..]);
                if (!roots.TryGetValue(path, out package))
                {
                    package = [];
                    roots.Add(path, package);
                }

                isInSymbols = false;
            }
            else if (isListItem && isInSymbols && !content.Contains(": ", StringComparison.Ordinal))
            {
                package?.Add(Unquoted(content));
            }
            else
            {
                isInSymbols = content == "symbols:";
            }
        }

        return roots;
    }

    private static string Unquoted(string text) => text.Trim().Trim('\'', '"');
}
