using System.Collections.Concurrent;
using GoCross.Files;
using GoCross.Tests.GoBinaries;

namespace GoCross.Tests.Sizes;

/// <summary>
/// The example servers, built once for each way of linking by each Go there is: the one on the PATH, and newer ones that
/// were unpacked below artifacts/newer-go (CONTRIBUTING.md).
/// </summary>
public sealed class SizedPrograms : IDisposable
{
    /// <summary>The ways of linking, and what each needs beside Go.</summary>
    private static readonly (string Name, string Example, string[] Environment, string[] Arguments, string? Compiler)[] All =
    [
        ("linux-amd64", "hello-http", ["GOOS=linux", "GOARCH=amd64"], [], null),
        ("linux-arm64", "hello-http", ["GOOS=linux", "GOARCH=arm64"], [], null),
        ("linux-386", "hello-http", ["GOOS=linux", "GOARCH=386"], [], null),
        ("linux-pie", "hello-http", ["GOOS=linux", "GOARCH=amd64"], ["-buildmode=pie"], null),
        ("windows-amd64", "hello-http", ["GOOS=windows", "GOARCH=amd64"], [], null),
        ("darwin-arm64", "hello-http", ["GOOS=darwin", "GOARCH=arm64"], [], null),
        ("external", "hello-cgo", ["GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1", "CC=gcc"], [], "gcc"),
        ("external-arm64", "hello-cgo", ["GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=1", "CC=aarch64-linux-gnu-gcc"], [], "aarch64-linux-gnu-gcc"),
        ("musl", "hello-cgo", ["GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1", "CC=musl-gcc"], [], "musl-gcc"),
    ];

    private readonly TemporaryDirectory _folder = new();
    private readonly ConcurrentDictionary<string, string> _built = new();

    /// <summary>The toolchains: "go" for the one on the PATH.</summary>
    public static string[] Toolchains { get; } =
    [
        .. Tools.Find("go") is null ? Array.Empty<string>() : ["go"],
        .. new[] { NewerGo.Go126, NewerGo.Go127 }.Select(Tools.Find).OfType<string>().Select(go => Path.GetDirectoryName(Path.GetDirectoryName(go)!)!),
    ];

    /// <summary>Each toolchain with each way of linking that this machine can do.</summary>
    public static TheoryData<string, string> Builds { get; } = Pairs(_ => true);

    /// <summary>Those that Go links itself.</summary>
    public static TheoryData<string, string> Internal { get; } = Pairs(variant => variant.Compiler is null);

    /// <summary>Builds a program, or gives the one that is there.</summary>
    /// <param name="toolchain">One of <see cref="Toolchains"/>.</param>
    /// <param name="variant">The way of linking.</param>
    /// <param name="linkerFlags">What -ldflags gets, too.</param>
    public string Build(string toolchain, string variant, string linkerFlags = "") =>
        _built.GetOrAdd($"{Path.GetFileName(toolchain)}-{variant}{linkerFlags}", name =>
        {
            (_, string example, string[] variables, string[] arguments, _) = All.Single(one => one.Name == variant);
            string path = Path.Combine(_folder.Path, name);
            string static_ = variant == "musl" ? "-linkmode=external -extldflags=-static " : "";
            var environment = new Dictionary<string, string?>
            {
                ["CGO_ENABLED"] = "0", ["GOTOOLCHAIN"] = "local", ["GOFLAGS"] = "", ["GOWORK"] = "off", ["GOROOT"] = null,
            };
            foreach (string variable in variables)
            {
                environment[variable.Split('=')[0]] = variable.Split('=')[1];
            }

            Programs.Output(
                Go(toolchain),
                ["build", "-trimpath", .. arguments, $"-ldflags={static_}{linkerFlags}", "-o", path, "."],
                Path.Combine(Checkout.Root, "examples", example),
                environment);
            return path;
        });

    /// <summary>The path of a toolchain's go.</summary>
    public static string Go(string toolchain) => toolchain == "go" ? "go" : Path.Combine(toolchain, "bin", "go");

    public void Dispose() => _folder.Dispose();

    private static TheoryData<string, string> Pairs(
        Func<(string Name, string Example, string[] Environment, string[] Arguments, string? Compiler), bool> which)
    {
        var pairs = new TheoryData<string, string>();
        foreach (string toolchain in Toolchains)
        {
            foreach (var variant in All.Where(one => which(one) && (one.Compiler is null || Tools.Find(one.Compiler) is not null)))
            {
                pairs.Add(toolchain, variant.Name);
            }
        }

        return pairs;
    }
}
