namespace GoCross.Files;

/// <summary>Reads YAML. The engine has no reader of its own; the assembly that has one implements this.</summary>
public interface IYamlReader
{
    /// <summary>The entries of a mapping at the document's top.</summary>
    /// <param name="text">The document.</param>
    /// <param name="section">The mapping's name.</param>
    /// <returns>The entries in their order; none where the document is empty or has no such mapping.</returns>
    /// <exception cref="FormatException">
    /// It is no YAML, the document or the section is no mapping, or a name stands twice. The message says where.
    /// </exception>
    IReadOnlyList<YamlEntry> ReadMapping(TextReader text, string section);
}
