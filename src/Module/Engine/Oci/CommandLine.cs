namespace GoCross.Oci;

/// <summary>A command line's parts in one text.</summary>
internal static class CommandLine
{
    /// <summary>The parts, quoted as exec form has them where they need it, so that ["a b"] and ["a", "b"] differ.</summary>
    internal static string Of(IEnumerable<string> parts) => string.Join(
        ' ',
        parts.Select(part => part.Length > 0 && !part.AsSpan().ContainsAny(" \t\"\\")
            ? part
            : $"\"{part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
}
