namespace GoCross.Files;

/// <summary>An entry of a YAML mapping.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">The text of its value as it is written, without quotes; null for what is no text, or YAML's null.</param>
/// <param name="IsScalar">Whether the value is a text, a number or null, and neither a mapping nor a sequence.</param>
/// <param name="Line">The line that it stands on, from 1.</param>
public readonly record struct YamlEntry(string Name, string? Text, bool IsScalar, int Line);
