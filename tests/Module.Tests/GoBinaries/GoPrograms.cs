using System.Runtime.InteropServices;
using GoCross.Binaries;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Processes;

namespace GoCross.Tests.GoBinaries;

/// <summary>
/// Programs that the installed Go builds once for all tests of a run: each variant is a package of one small module,
/// for a platform, with flags. Go's own build cache makes the second run quick.
/// </summary>
public sealed class GoPrograms : IAsyncLifetime, IDisposable
{
    /// <summary>The machine's own architecture, whose programs the tests can run.</summary>
    public static readonly string HostArch = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";

    private static readonly Variant[] All =
    [
        new("hello", "hello"),
        new("hello-cgo-allowed", "hello", Cgo: true),
        new("hello-stripped", "hello", Flags: ["-trimpath", "-ldflags=-s -w"]),
        new("hello-pie", "hello", Flags: ["-buildmode=pie"]),
        new("hello-race", "hello", Cgo: true, Flags: ["-race"]),
        new("hello-settings", "hello", Flags: ["-tags=one,two", "-gcflags=main=-N -l", "-ldflags=-X 'main.text=a \"b\" `c`'"]),
        new("hello-386", "hello", Arch: "386"),
        new("hello-arm", "hello", Arch: "arm"),
        new("hello-mips", "hello", Arch: "mips"),
        new("hello-s390x", "hello", Arch: "s390x"),
        new("hello-windows", "hello", OS: "windows", Arch: "amd64"),
        new("hello-windows-stripped", "hello", OS: "windows", Arch: "386", Flags: ["-ldflags=-s -w"]),
        new("hello-darwin", "hello", OS: "darwin", Arch: "arm64"),
        new("ccode", "ccode", Cgo: true),
        new("ccode-shared", "ccode", Cgo: true, Flags: ["-buildmode=c-shared"]),
        new("ccode-pie", "ccode", Cgo: true, Flags: ["-buildmode=pie", "-ldflags=-linkmode=external -s -w"]),
        new("web", "web"),
        new("web-cgo", "web", Cgo: true),
        new("web-cgo-stripped", "web", Cgo: true, Flags: ["-ldflags=-s -w"]),
        new("lookup", "lookup"),
        new("lookup-stripped", "lookup", Flags: ["-trimpath", "-ldflags=-s -w"]),
        new("lookup-cgo", "lookup", Cgo: true),
        new("lookup-cgo-stripped", "lookup", Cgo: true, Flags: ["-trimpath", "-ldflags=-s -w"]),
        new("lookup-static", "lookup", Cgo: true, Flags: ["-ldflags=-linkmode=external -extldflags=-static"]),
        new("lookup-musl", "lookup", Cgo: true, Flags: ["-ldflags=-linkmode=external -extldflags=-static"], Compiler: "musl-gcc"),
        new("lookup-tags", "lookup", Cgo: true, Flags: ["-tags=netgo,osusergo"]),
        new("lookup-windows", "lookup", OS: "windows", Arch: "amd64"),
        new("lookup-darwin", "lookup", OS: "darwin", Arch: "arm64"),
        new("zones", "zones"),
        new("zones-embedded", "zones", Flags: ["-tags=timetzdata"]),
        new("roots", "roots"),
        new("roots-embedded", "roots", Flags: ["-tags=embed"]),
        new("temporary", "temporary"),
    ];

    private static readonly (string Path, string Text)[] Sources =
    [
        ("go.mod", """
            module example.test/programs

            go 1.19

            require (
                example.test/dep v1.2.3
                golang.org/x/crypto/x509roots/fallback v0.0.0
            )

            replace example.test/dep v1.2.3 => ./dep

            replace golang.org/x/crypto/x509roots/fallback => ./fallback
            """),
        ("dep/go.mod", "module example.test/dep\n"),
        ("dep/dep.go", "package dep\n\nfunc Name() string { return \"dep\" }\n"),
        ("fallback/go.mod", "module golang.org/x/crypto/x509roots/fallback\n\ngo 1.20\n"),
        ("fallback/fallback.go", """
            package fallback

            import "crypto/x509"

            func init() { x509.SetFallbackRoots(x509.NewCertPool()) }
            """),
        ("hello/main.go", """
            package main

            import (
                "fmt"

                "example.test/dep"
            )

            var text = "hello"

            func main() { fmt.Println(text, dep.Name()) }
            """),
        ("ccode/main.go", """
            package main

            // static int twice(int n) { return n + n; }
            import "C"
            import "fmt"

            func main() { fmt.Println(C.twice(21)) }
            """),
        ("web/main.go", """
            package main

            import (
                "fmt"
                "net/http"
                "os"
            )

            func main() {
                _, err := http.Get(os.Args[1])
                fmt.Println(err)
            }
            """),
        ("lookup/main.go", """
            package main

            import (
                "fmt"
                "net"
                "os"
                "os/user"
            )

            func main() {
                for _, name := range os.Args[1:] {
                    fmt.Println(user.Lookup(name))
                    fmt.Println(user.LookupGroup(name))
                    fmt.Println(net.LookupHost(name))
                }
            }
            """),
        ("zones/main.go", """
            package main

            import (
                "fmt"
                "os"
                "time"
            )

            func main() { fmt.Println(time.LoadLocation(os.Args[1])) }
            """),
        ("roots/main.go", """
            package main

            import (
                "crypto/x509"
                "fmt"
            )

            func main() {
                _, err := (&x509.Certificate{Raw: []byte{1}}).Verify(x509.VerifyOptions{})
                fmt.Println(err)
            }
            """),
        ("roots/embed.go", """
            //go:build embed

            package main

            import _ "golang.org/x/crypto/x509roots/fallback"
            """),
        ("temporary/main.go", """
            package main

            import (
                "fmt"
                "os"
            )

            func main() { fmt.Println(os.MkdirTemp("", "x")) }
            """),
    ];

    private readonly TemporaryDirectory _directory = new();

    /// <summary>What a program is said to need; nothing for what is not an ELF file.</summary>
    internal static IReadOnlyList<RuntimeNeed> NeedsOf(string program)
    {
        using var source = RandomAccessFile.Open(program);
        return BinaryInspector.TryInspect(source)?.RuntimeNeeds ?? [];
    }

    /// <summary>Where the programs are.</summary>
    public string Folder => Path.Combine(_directory.Path, "bin");

    /// <summary>The names of the variants that need no more than Go and gcc.</summary>
    public static TheoryData<string> Names { get; } =
        [.. All.Where(variant => variant.Compiler is null).Select(variant => variant.Name)];

    /// <summary>The names of those that are ELF files.</summary>
    public static TheoryData<string> ElfNames { get; } =
        [.. All.Where(v => v.OS == "linux" && v.Compiler is null).Select(variant => variant.Name)];

    /// <summary>The path of a variant's program.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    public async Task InitializeAsync()
    {
        if (Tools.FirstMissing(["go", "gcc"]) is not null)
        {
            return;
        }

        foreach ((string path, string text) in Sources)
        {
            string file = Path.Combine(_directory.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
        }

        // In a work tree of git, go build records the commit.
        if (Tools.Find("git") is { } git)
        {
            foreach (string command in new[]
            {
                "init -q", "add -A", "-c user.name=t -c user.email=t@t commit -q -m first --date=2024-02-03T04:05:06Z",
            })
            {
                await RunAsync(git, command.Split(' '), new Dictionary<string, string?> { ["GIT_COMMITTER_DATE"] = "2024-02-03T04:05:06Z" });
            }
        }

        IEnumerable<Variant> possible = All.Where(variant => variant.Compiler is null || Tools.Find(variant.Compiler) is not null);
        await Parallel.ForEachAsync(possible, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (variant, _) => await BuildAsync(variant));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    /// <summary>Runs Go and returns what it prints.</summary>
    public Task<string> GoAsync(params string[] arguments) => RunAsync(Tools.Require("go"), arguments, Environment("linux", HostArch, cgo: false));

    /// <summary>Runs a program that has to succeed and returns what it prints.</summary>
    public async Task<string> RunAsync(
        string program, string[] arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ProcessResult result = await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = program,
                Arguments = arguments,
                WorkingDirectory = _directory.Path,
                Environment = environment ?? new Dictionary<string, string?>(),
            },
            CancellationToken.None);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {result.StandardError}");
        return result.StandardOutput + result.StandardError;
    }

    private static Dictionary<string, string?> Environment(
        string system, string architecture, bool cgo, string? compiler = null) => new()
    {
        ["CC"] = compiler,
        ["GOOS"] = system,
        ["GOARCH"] = architecture,
        ["CGO_ENABLED"] = cgo ? "1" : "0",
        ["GOTOOLCHAIN"] = "local",
        ["GOPROXY"] = "off",
        ["GOWORK"] = "off",
        ["GOFLAGS"] = "-mod=mod",
    };

    private async Task BuildAsync(Variant variant) => await RunAsync(
        Tools.Require("go"),
        ["build", "-o", this[variant.Name], .. variant.Flags ?? [], "./" + variant.Package],
        Environment(variant.OS, variant.Arch ?? HostArch, variant.Cgo, variant.Compiler));

    private sealed record Variant(
        string Name,
        string Package,
        string OS = "linux",
        string? Arch = null,
        bool Cgo = false,
        string[]? Flags = null,
        string? Compiler = null);
}
