using System.Globalization;
using System.IO.Compression;
using System.Text;
using GoCross.Files;

namespace GoCross.Tests.Sboms;

/// <summary>
/// Programs of modules with versions: a module proxy in a folder (go.dev/ref/mod, "GOPROXY protocol") serves two dozen
/// modules, capital letters, a pseudo-version, +incompatible and a replaced module among them.
/// </summary>
public sealed class ModulePrograms : IDisposable
{
    /// <summary>The modules that code is linked from, by path and version.</summary>
    internal static readonly (string Path, string Version)[] Linked =
    [
        .. Enumerable.Range(1, 18).Select(number => ($"example.test/part{number}", $"v1.{number}.0")),
        ("example.test/Upper/Case", "v0.3.1"),
        ("example.test/pseudo", "v0.0.0-20240102030405-0123456789ab"),
        ("example.test/old", "v3.1.0+incompatible"),
        ("example.test/group/v2", "v2.5.0-rc.1"),
        ("example.test/fork", "v1.0.1"),
    ];

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _built = [];

    /// <summary>The file of a program, built at the first request.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="arguments">What go build gets besides.</param>
    /// <param name="cache">The module cache's folder; a path with pkg/mod as Go has it unless given.</param>
    /// <param name="system">GOOS.</param>
    internal string Build(string name, string[] arguments, string cache = "go/pkg/mod", string system = "linux")
    {
        if (!_built.TryGetValue(name, out string? program))
        {
            if (_built.Count == 0)
            {
                WriteSources();
            }

            program = System.IO.Path.Combine(_directory.Path, "bin", name);
            Programs.Output(
                "go",
                ["build", "-o", program, .. arguments, "."],
                System.IO.Path.Combine(_directory.Path, "main"),
                new Dictionary<string, string?>
                {
                    ["GOPROXY"] = "file://" + System.IO.Path.Combine(_directory.Path, "proxy"),
                    ["GOMODCACHE"] = System.IO.Path.Combine(_directory.Path, cache),
                    ["GOFLAGS"] = "-mod=mod -modcacherw",
                    ["GONOSUMDB"] = "*",
                    ["GONOSUMCHECK"] = "1",
                    ["GOSUMDB"] = "off",
                    ["GOTOOLCHAIN"] = "local",
                    ["GOWORK"] = "off",
                    ["GOOS"] = system,
                    ["GOARCH"] = "amd64",
                    ["CGO_ENABLED"] = "0",
                });
            _built.Add(name, program);
        }

        return program;
    }

    /// <summary>What is left when the build information is overwritten, as vendors do: magic, version and modules.</summary>
    /// <param name="program">The file.</param>
    /// <param name="andText">Whether the second copy of the modules, runtime.modinfo, is overwritten, too.</param>
    internal static string EraseBuildInfo(string program, bool andText)
    {
        byte[] bytes = File.ReadAllBytes(program);
        byte[] start = Convert.FromHexString("3077af0c9274080241e1c107e6d618e6");
        byte[] end = Convert.FromHexString("f932433186182072008242104116d8f2");
        Span<byte> rest = bytes;
        while (rest.IndexOf(start) is >= 0 and int at)
        {
            int length = rest[at..].IndexOf(end) + end.Length;
            if (andText || IsInBuildInfo(bytes, bytes.Length - rest.Length + at))
            {
                rest.Slice(at, length).Clear();
            }

            rest = rest[(at + length)..];
        }

        for (Span<byte> left = bytes; left.IndexOf(Magic) is >= 0 and int found; left = left[found..])
        {
            left.Slice(found, 64).Clear();
        }

        string erased = program + (andText ? ".erased" : ".half-erased");
        File.WriteAllBytes(erased, bytes);
        return erased;
    }

    public void Dispose() => _directory.Dispose();

    private static byte[] Magic => [0xFF, .. " Go buildinf:"u8];

    // The version and the text lie right behind the magic.
    private static bool IsInBuildInfo(byte[] bytes, int at) => bytes.AsSpan(Math.Max(0, at - 256), Math.Min(at, 256)).IndexOf(Magic) >= 0;

    private void WriteSources()
    {
        var imports = new StringBuilder();
        var requires = new StringBuilder();
        var uses = new StringBuilder();
        int count = 0;
        foreach ((string path, string version) in Linked.Where(module => module.Path != "example.test/fork").Append(("example.test/original", "v1.0.0")))
        {
            Serve(path, version, path);
            imports.Append(CultureInfo.InvariantCulture, $"\tp{count} \"{path}/sub\"\n");
            uses.Append(CultureInfo.InvariantCulture, $"\tp{count}.Say()\n");
            count++;
            requires.Append(CultureInfo.InvariantCulture, $"require {path} {version}\n");
        }

        Serve("example.test/fork", "v1.0.1", "example.test/original");
        Serve("example.test/unlinked", "v1.0.0", "example.test/unlinked");
        string main = Directory.CreateDirectory(System.IO.Path.Combine(_directory.Path, "main")).FullName;
        File.WriteAllText(
            System.IO.Path.Combine(main, "go.mod"),
            $"module example.test/main\n\ngo 1.21\n\n{requires}require example.test/local v0.0.0\n"
            + "replace example.test/original => example.test/fork v1.0.1\nreplace example.test/local => ./local\n");
        string local = Directory.CreateDirectory(System.IO.Path.Combine(main, "local")).FullName;
        File.WriteAllText(System.IO.Path.Combine(local, "go.mod"), "module example.test/local\n\ngo 1.21\n");
        File.WriteAllText(System.IO.Path.Combine(local, "local.go"), "package local\n\n//go:noinline\nfunc Say() { println(\"local\") }\n");
        File.WriteAllText(
            System.IO.Path.Combine(main, "main.go"),
            $"package main\n\nimport (\n{imports}\t\"example.test/local\"\n)\n\nvar version = \"dev\"\n\nfunc main() {{\n{uses}\tlocal.Say()\n\tprintln(version)\n}}\n");
    }

    // What a proxy has of a version: .info, .mod and .zip, capital letters escaped.
    private void Serve(string path, string version, string modulePath)
    {
        string folder = Directory.CreateDirectory(System.IO.Path.Combine(
            _directory.Path, "proxy", Escape(path), "@v")).FullName;
        string goMod = $"module {modulePath}\n\ngo 1.21\n";
        File.AppendAllText(System.IO.Path.Combine(folder, "list"), version + "\n");
        File.WriteAllText(System.IO.Path.Combine(folder, version + ".info"), $"{{\"Version\":\"{version}\",\"Time\":\"2024-01-02T03:04:05Z\"}}");
        bool isIncompatible = version.EndsWith("+incompatible", StringComparison.Ordinal);
        File.WriteAllText(System.IO.Path.Combine(folder, version + ".mod"), isIncompatible ? $"module {modulePath}\n" : goMod);
        using var zip = new ZipArchive(File.Create(System.IO.Path.Combine(folder, version + ".zip")), ZipArchiveMode.Create);
        if (!isIncompatible)
        {
            Add($"{path}@{version}/go.mod", goMod);
        }

        Add($"{path}@{version}/sub/sub.go", "package sub\n\n//go:noinline\nfunc Say() { println(\"" + path + "\") }\n");

        void Add(string name, string content)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(content);
        }
    }

    private static string Escape(string path) =>
        string.Concat(path.Select(character => char.IsAsciiLetterUpper(character) ? "!" + char.ToLowerInvariant(character) : character.ToString()));
}
