using System.Collections.Concurrent;
using GoCross.Files;

namespace GoCross.Tests.Packers;

/// <summary>A small Go program for several machines, packed by upx, and what upx -d makes of that.</summary>
public sealed class PackedPrograms : IDisposable
{
    private const string Source = """
        package main

        import ("fmt"; "os"; "strings")

        func main() { fmt.Println(strings.Repeat("packed ", len(os.Args))) }
        """;

    private readonly TemporaryDirectory _folder = new();
    private readonly ConcurrentDictionary<string, string> _made = new();

    /// <summary>Builds the program, or gives the one that is there.</summary>
    /// <param name="target">As in linux/amd64.</param>
    /// <param name="arguments">What go build gets, too.</param>
    public string Build(string target, params string[] arguments) => _made.GetOrAdd($"{target} {string.Join(' ', arguments)}", key =>
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, $"{_made.Count}-{Guid.NewGuid():n}")).FullName;
        File.WriteAllText(Path.Combine(folder, "main.go"), Source);
        File.WriteAllText(Path.Combine(folder, "go.mod"), "module example.com/packed\n\ngo 1.21\n");
        string program = Path.Combine(folder, "program");
        Programs.Output("go", ["build", "-trimpath", .. arguments, "-o", program, "."], folder, new Dictionary<string, string?>
        {
            ["GOOS"] = target.Split('/')[0], ["GOARCH"] = target.Split('/')[1], ["CGO_ENABLED"] = "0", ["GOFLAGS"] = "",
            ["GOTOOLCHAIN"] = "local", ["GOWORK"] = "off",
        });
        return program;
    });

    /// <summary>Packs a file.</summary>
    public string Pack(string program, params string[] arguments) => Upx(program, arguments);

    /// <summary>What upx itself unpacks.</summary>
    public byte[] Unpack(string packed) => File.ReadAllBytes(Upx(packed, "-d"));

    public void Dispose() => _folder.Dispose();

    private string Upx(string program, params string[] arguments) =>
        _made.GetOrAdd($"upx {string.Join(' ', arguments)} {program}", _ =>
        {
            string result = Path.Combine(_folder.Path, Guid.NewGuid().ToString("n"));
            Programs.Output("upx", ["-q", .. arguments, "-o", result, program]);
            return result;
        });
}
