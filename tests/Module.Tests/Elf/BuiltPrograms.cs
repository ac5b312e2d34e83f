using GoCross.Files;

namespace GoCross.Tests.Elf;

/// <summary>Programs built by real compilers, each once for all tests of a class. Each prints "ready".</summary>
public sealed class BuiltPrograms : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _built = [];

    public BuiltPrograms()
    {
        File.WriteAllText(At("hello.c"), "#include <stdio.h>\nint main(void) { puts(\"ready\"); return 0; }\n");
        File.WriteAllText(At("lib.c"), "int answer(void) { return 42; }\n");
        WriteGo("pure", "package main\n\nimport \"syscall\"\n\nfunc main() { syscall.Write(1, []byte(\"ready\\n\")) }\n");
        WriteGo("cgo", "package main\n\n// #include <stdio.h>\n// static void hello(void) { puts(\"ready\"); fflush(stdout); }\nimport \"C\"\n\nfunc main() { C.hello() }\n");
        WriteGo("shared", "package main\n\nimport \"C\"\n\n//export Answer\nfunc Answer() int { return 42 }\n\nfunc main() {}\n");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Links C with a compiler.</summary>
    public string C(string compiler, string source, params string[] flags) => Once(
        string.Join(' ', [compiler, source, .. flags]),
        output => Programs.Output(compiler, ["-o", output, At(source), .. flags]));

    /// <summary>Builds a Go package.</summary>
    /// <param name="package">pure, cgo or shared.</param>
    /// <param name="environment">Settings, NAME=value, spaces between them.</param>
    /// <param name="flags">Flags of go build.</param>
    public string Go(string package, string environment, params string[] flags) => Once(
        string.Join(' ', [package, environment, .. flags]),
        output =>
        {
            var variables = new Dictionary<string, string?>
            {
                ["GOFLAGS"] = null,
                ["GOWORK"] = "off",
                ["GOTOOLCHAIN"] = "local",
                ["CC"] = null,
                ["GOOS"] = null,
                ["GOARCH"] = null,
            };
            foreach (string setting in environment.Split(' '))
            {
                variables[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
            }

            Programs.Output("go", ["build", "-o", output, .. flags, "."], At(package), variables);
        });

    /// <summary>Packs a program with UPX.</summary>
    public string Pack(string program) => Once(
        "upx " + program,
        output => Programs.Output("upx", ["-q", "-o", output, program]));

    /// <summary>A script of the shell.</summary>
    public string Script() => Once("script", output => File.WriteAllText(output, "#!/bin/sh\necho ready\n"));

    /// <summary>The first half of a program.</summary>
    public string CutOff(string program) => Once(
        "cut " + program,
        output =>
        {
            byte[] bytes = File.ReadAllBytes(program);
            File.WriteAllBytes(output, bytes[..(bytes.Length / 2)]);
        });

    private void WriteGo(string package, string main)
    {
        Directory.CreateDirectory(At(package));
        File.WriteAllText(Path.Combine(At(package), "go.mod"), $"module example.test/{package}\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(At(package), "main.go"), main);
    }

    private string Once(string key, Action<string> build)
    {
        lock (_built)
        {
            if (!_built.TryGetValue(key, out string? path))
            {
                path = At($"program{_built.Count}");
                build(path);
                _built.Add(key, path);
            }

            return path;
        }
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
