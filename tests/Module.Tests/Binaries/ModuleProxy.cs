using System.IO.Compression;
using GoCross.Files;

namespace GoCross.Tests.Binaries;

/// <summary>A Go module proxy as a folder, so that modules have versions and checksums with no network.</summary>
internal sealed class ModuleProxy : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    /// <summary>The folder that GOPROXY=file://... names.</summary>
    internal string ProxyFolder => Path.Combine(_folder.Path, "proxy");

    public void Dispose() => _folder.Dispose();

    /// <summary>Publishes a version of a module with one package.</summary>
    public ModuleProxy Add(string module, string version, string source)
    {
        string folder = Path.Combine(_folder.Path, "proxy", module, "@v");
        Directory.CreateDirectory(folder);
        string goMod = $"module {module}\n\ngo 1.21\n";
        File.WriteAllText(Path.Combine(folder, version + ".info"), $$"""{"Version":"{{version}}"}""");
        File.WriteAllText(Path.Combine(folder, version + ".mod"), goMod);
        using ZipArchive archive = ZipFile.Open(Path.Combine(folder, version + ".zip"), ZipArchiveMode.Create);
        foreach ((string name, string text) in new[] { ("go.mod", goMod), ("module.go", source) })
        {
            using var writer = new StreamWriter(archive.CreateEntry($"{module}@{version}/{name}").Open());
            writer.Write(text);
        }

        return this;
    }

    /// <summary>Builds a program that imports modules, and gives its path.</summary>
    /// <param name="requirements">Lines of go.mod.</param>
    /// <param name="imports">The packages that it imports for nothing but to have them.</param>
    public string Build(string requirements, params string[] imports)
    {
        string source = Path.Combine(_folder.Path, "source");
        Directory.CreateDirectory(source);
        File.WriteAllText(Path.Combine(source, "go.mod"), $"module example.test/program\n\ngo 1.21\n\n{requirements}\n");
        File.WriteAllText(
            Path.Combine(source, "main.go"),
            "package main\n\n" + string.Concat(imports.Select(import => $"import _ \"{import}\"\n")) + "\nfunc main() {}\n");
        string program = Path.Combine(_folder.Path, "program");
        Programs.Output("go", ["build", "-o", program, "."], source, new Dictionary<string, string?>
        {
            ["CGO_ENABLED"] = "0",
            ["GOFLAGS"] = "-mod=mod -modcacherw",
            ["GOMODCACHE"] = Path.Combine(_folder.Path, "cache"),
            ["GOPROXY"] = new Uri(Path.Combine(_folder.Path, "proxy")).AbsoluteUri,
            ["GOSUMDB"] = "off",
            ["GONOSUMDB"] = null,
            ["GOPRIVATE"] = null,
            ["GONOPROXY"] = null,
            ["GOOS"] = null,
            ["GOARCH"] = null,
            ["GOWORK"] = "off",
            ["GOTOOLCHAIN"] = "local",
        });
        return program;
    }
}
