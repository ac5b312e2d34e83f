namespace GoCross.Builds;

/// <summary>What a go.mod or a go.work says of itself (The Go Modules Reference).</summary>
/// <param name="Module">The module's path; empty for a go.work.</param>
/// <param name="Version">The version of Go, such as 1.23 or 1.23.4; empty where it names none.</param>
/// <param name="Toolchain">The toolchain, such as go1.24.1; empty where it names none.</param>
/// <param name="Requirements">The paths of the modules that it requires.</param>
/// <param name="Used">The full paths of the modules that a go.work uses.</param>
/// <param name="Replaced">The modules that folders take the place of, and the folders' full paths.</param>
internal sealed record GoModuleFacts(
    string Module,
    string Version,
    string Toolchain,
    IReadOnlyList<string> Requirements,
    IReadOnlyList<string> Used,
    IReadOnlyList<(string Module, string Folder)> Replaced);
