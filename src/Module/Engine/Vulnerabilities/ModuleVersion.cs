using GoCross.Names;

namespace GoCross.Vulnerabilities;

/// <summary>A version of a module or of a toolchain: read once, and held against many reports.</summary>
/// <param name="Text">The version as it was found; null where it is not known.</param>
/// <param name="IsToolchain">Whether it is that of the standard library or the toolchain: go1.23.5.</param>
/// <param name="Value">Its place in Go's order; null for what has none.</param>
internal readonly record struct ModuleVersion(string? Text, bool IsToolchain, GoVersion? Value)
{
    /// <summary>Reads a version.</summary>
    internal static ModuleVersion Of(string? text, bool isToolchain) => new(
        text,
        isToolchain,
        (isToolchain ? GoVersion.TryParseToolchain(text, out GoVersion version) : GoVersion.TryParseModule(text, out version)) ? version : null);
}
