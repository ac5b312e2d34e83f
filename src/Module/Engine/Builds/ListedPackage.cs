using System.Text;
using System.Text.Json;

namespace GoCross.Builds;

/// <summary>A package as go list tells of it.</summary>
/// <param name="Directory">Its folder, where go runs; empty where go could not place it.</param>
/// <param name="ImportPath">Its import path.</param>
/// <param name="Name">The name in its package clause; empty where it has no files.</param>
/// <param name="Error">Why it cannot be used; empty where it can.</param>
/// <param name="Standard">Whether it is of Go's library.</param>
/// <param name="DependencyOnly">Whether it is listed only because another one imports it.</param>
/// <param name="CgoFiles">The names of its files that import "C".</param>
/// <param name="PkgConfig">What its files give pkg-config ("#cgo pkg-config:"): names, and flags that begin with two dashes.</param>
/// <param name="Dependencies">The import paths of all that it needs, where they were asked for.</param>
internal sealed record ListedPackage(
    string Directory,
    string ImportPath,
    string Name,
    string Error,
    bool Standard,
    bool DependencyOnly,
    IReadOnlyList<string> CgoFiles,
    IReadOnlyList<string> PkgConfig,
    IReadOnlyList<string> Dependencies)
{
    /// <summary>The fields to ask go list for.</summary>
    internal const string Fields = "Dir,ImportPath,Name,Error,Standard,DepOnly,CgoFiles,CgoPkgConfig,Deps";

    /// <summary>Whether it has files that import "C".</summary>
    internal bool UsesC => CgoFiles.Count > 0;

    /// <summary>
    /// Whether the C code in its Go files loads libraries by name, as bindings to PKCS#11, NVML and the like do. The files
    /// of a container are not here to be read.
    /// </summary>
    internal bool LoadsByName() => CgoFiles.Select(file => Path.Combine(Directory, file)).Any(file =>
    {
        try
        {
            return File.Exists(file) && File.ReadLines(file).Any(line => line.Contains("dlopen(", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    /// <summary>Whether there are files, but none for the target that was asked for. Another target may have some.</summary>
    internal bool ExcludedByConstraints => Error.Contains("build constraints exclude all Go files", StringComparison.Ordinal);

    /// <summary>Reads the objects that go list writes one after another.</summary>
    internal static List<ListedPackage> ReadAll(string json)
    {
        List<ListedPackage> packages = [];
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(json.TrimEnd());
        while (rest.Length > 0)
        {
            var reader = new Utf8JsonReader(rest);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            packages.Add(Read(document.RootElement));
            rest = rest[(int)reader.BytesConsumed..];
        }

        return packages;
    }

    private static ListedPackage Read(JsonElement root) => new(
        StringOf(root, "Dir"),
        StringOf(root, nameof(ImportPath)),
        StringOf(root, nameof(Name)),
        root.TryGetProperty(nameof(Error), out JsonElement error) ? StringOf(error, "Err") : string.Empty,
        IsTrue(root, nameof(Standard)),
        IsTrue(root, "DepOnly"),
        ListOf(root, "CgoFiles"),
        ListOf(root, "CgoPkgConfig"),
        ListOf(root, "Deps"));

    private static IReadOnlyList<string> ListOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(entry => entry.GetString()!)] : [];

    private static string StringOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? string.Empty : string.Empty;

    private static bool IsTrue(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.GetBoolean();
}
