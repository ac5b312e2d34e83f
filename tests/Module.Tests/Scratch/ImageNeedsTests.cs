using GoCross.Builds;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Oci;
using GoCross.Processes;
using GoCross.Scratch;
using GoCross.Targets;
using GoCross.Tests.Builds;

namespace GoCross.Tests.Scratch;

/// <summary>
/// That an image holds all that its program needs, and nothing else: with all of it the program does everything, and with
/// any one file taken out just that fails which the file is for.
/// </summary>
[Collection(DockerDaemon.Collection)]
public sealed class ImageNeedsTests(DockerDaemon docker) : IDisposable
{
    private const string Zone = "/usr/share/zoneinfo/Asia/Tokyo";
    private const string Certificates = "/etc/ssl/certs/ca-certificates.crt";

    private static readonly string[] Checks = ["id", "name", "tls", "zone", "user", "group", "home", "temp"];

    private readonly TemporaryDirectory _directory = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [DockerTheory("go", "chroot", "tar", "gcc", "musl-gcc")]
    [InlineData(BuildStrategy.Static)]
    [InlineData(BuildStrategy.Musl)]
    [InlineData(BuildStrategy.Glibc)]
    public async Task A_container_has_all_that_the_program_needs(BuildStrategy strategy)
    {
        using TestServer server = Serve();
        ScratchImage image = await WriteAsync(strategy, "linux/amd64");
        await docker.RunAsync("load", "--input", image.Path!);

        string said = await docker.RunAsync(
            "run", "--rm", "--network", "host", "--add-host", "named:127.0.0.1", image.Reference, $"https://{server.Authority}/", "named");

        Assert.Equal(Checks.Select(check => check + " ok"), said.Split('\n'));
    }

    [DockerTheory("go", "chroot", "tar", "gcc", "musl-gcc", "aarch64-linux-gnu-gcc", "aarch64-linux-musl-gcc", "qemu-aarch64-static")]
    [InlineData(BuildStrategy.Static, "linux/amd64")]
    [InlineData(BuildStrategy.Musl, "linux/amd64")]
    [InlineData(BuildStrategy.Glibc, "linux/amd64")]
    [InlineData(BuildStrategy.Static, "linux/arm64")]
    [InlineData(BuildStrategy.Musl, "linux/arm64")]
    [InlineData(BuildStrategy.Glibc, "linux/arm64")]
    public async Task Each_file_is_for_something_that_fails_without_it(BuildStrategy strategy, string platform)
    {
        using TestServer server = Serve();
        ScratchImage image = await WriteAsync(strategy, platform);
        using var folder = new ImageFolder(image.Path!, image.Manifests[0]);
        string[] Failed() => [.. Run().StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.EndsWith(" ok", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];
        ProcessResult Run() => folder.Run($"https://{server.Authority}/", "localhost");

        ProcessResult whole = Run();
        Assert.True(whole.ExitCode == 0, whole.StandardOutput + whole.StandardError);
        Assert.Equal(Checks.Select(check => check + " ok"), whole.StandardOutput.TrimEnd('\n').Split('\n'));

        var purposes = new Dictionary<string, string[]>
        {
            ["/etc/passwd"] = ["user"],
            ["/etc/group"] = ["group"],
            ["/home/nonroot"] = ["home"],
            ["/tmp"] = ["temp"],
            [Certificates] = ["tls"],
            [Zone] = ["zone"],
        };
        string[] others = [.. folder.Files.Except(purposes.Keys).Where(file => !file.StartsWith("/usr/share/zoneinfo/", StringComparison.Ordinal))];
        foreach ((string file, string[] fails) in purposes)
        {
            Assert.Equal(fails, folder.Without(file, Failed));
        }

        // What is left is the program, its loader and its libraries: none of them can be missed.
        Assert.Equal(strategy == BuildStrategy.Glibc, others.Length > 1);
        Assert.All(others, file => Assert.NotEqual(0, folder.Without(file, Run).ExitCode));
        Assert.Equal(0, Run().ExitCode);
    }

    [DockerTheory("go", "chroot", "tar", "gcc", "musl-gcc", "aarch64-linux-gnu-gcc", "aarch64-linux-musl-gcc", "qemu-aarch64-static", "examples/sqlite-cgo/sqlite3.c")]
    [InlineData("hello-http", BuildStrategy.Static)]
    [InlineData("hello-http", BuildStrategy.Musl)]
    [InlineData("hello-http", BuildStrategy.Glibc)]
    [InlineData("hello-cgo", BuildStrategy.Static)]
    [InlineData("hello-cgo", BuildStrategy.Musl)]
    [InlineData("hello-cgo", BuildStrategy.Glibc)]
    [InlineData("sqlite-cgo", BuildStrategy.Musl)]
    [InlineData("sqlite-cgo", BuildStrategy.Glibc)]
    public async Task The_examples_start_from_one_image_for_two_platforms(string example, BuildStrategy strategy)
    {
        using GoWorkspace workspace = GoWorkspace.Example(example);
        List<ScratchProgram> programs = [];
        foreach (string platform in (string[])["linux/amd64", "linux/arm64"])
        {
            programs.Add(await BuildAsync(workspace, strategy, platform));
        }

        ScratchImage image = Write(programs, example);
        string[] arguments = example == "hello-http" ? ["-once", "-zone", "Asia/Tokyo"] : [];
        await docker.RunAsync("load", "--input", image.Path!);

        string said = await docker.RunAsync(["run", "--rm", "--network", "host", image.Reference, .. arguments]);

        Assert.Contains($"{example} linux/amd64", said, StringComparison.Ordinal);
        if (example == "hello-http")
        {
            Assert.Contains("zone Asia/Tokyo", said, StringComparison.Ordinal);
        }

        using var folder = new ImageFolder(image.Path!, image.Manifests.Single(manifest => manifest.Platform == "linux/arm64"));
        ProcessResult foreign = folder.Run(arguments);
        Assert.True(foreign.ExitCode == 0, foreign.StandardOutput + foreign.StandardError);
        Assert.Contains($"{example} linux/arm64", foreign.StandardOutput, StringComparison.Ordinal);
    }

    // Dynamic programs with C libraries of their own; none was built by us.
    [DockerTheory("chroot", "tar", "docker-registry", "caddy", "skopeo")]
    [InlineData("docker-registry", "--version")]
    [InlineData("caddy", "version")]
    [InlineData("skopeo", "--version")]
    public async Task Programs_of_Debian_start_with_their_libraries_and_without_any_one_of_them_they_do_not(string name, string argument)
    {
        var program = ScratchProgram.Inspect(Tools.Require(name), CancellationToken.None);
        ScratchImage image = Write([program], name);
        await docker.RunAsync("load", "--input", image.Path!);

        Assert.NotEmpty(await docker.RunAsync("run", "--rm", "--network", "none", image.Reference, argument));

        using var folder = new ImageFolder(image.Path!, image.Manifests[0]);
        Assert.Equal(0, folder.Run(argument).ExitCode);
        string[] loaded = [.. folder.Files.Where(file => file.Contains(".so", StringComparison.Ordinal))];
        Assert.Equal(program.IsDynamic, loaded.Length > 0);
        Assert.All(loaded, file => Assert.NotEqual(0, folder.Without(file, () => folder.Run(argument)).ExitCode));
    }

    private TestServer Serve() => new(call => call.RespondAsync(200, "hello"), _certificates.IssueServer());

    private async Task<ScratchImage> WriteAsync(BuildStrategy strategy, string platform)
    {
        using var workspace = new GoWorkspace(
            ("go.mod", "module example.com/needs\n\ngo 1.21\n"), ("main.go", Program), ("cgo.go", CProgram));
        return Write([await BuildAsync(workspace, strategy, platform)], "needs");
    }

    private async Task<ScratchProgram> BuildAsync(GoWorkspace workspace, BuildStrategy strategy, string platform)
    {
        BuildOutcome outcome = await workspace.BuildAsync(platform, strategy);
        Assert.Null(outcome.Failure?.Message);
        string path = Path.Combine(_directory.Path, platform.Replace('/', '-'), Path.GetFileName(outcome.Build.Path!));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(outcome.Build.Path!, path);
        return ScratchProgram.Inspect(path, CancellationToken.None);
    }

    private ScratchImage Write(IReadOnlyList<ScratchProgram> programs, string name)
    {
        string bundle = Path.Combine(_directory.Path, "ca.pem");
        File.WriteAllText(bundle, _certificates.Authority + "\n");
        bool verifies = programs.Any(program => program.Needs.Any(need => need.Kind == RuntimeNeedKind.CaCertificates));
        return ScratchImageWriter.Write(
            programs,
            Path.Combine(_directory.Path, "image.tar"),
            ImageReference.Parse($"gocross-test/{name}:1"),
            new ScratchOptions { CaBundlePath = verifies ? bundle : null, Name = name },
            new ScratchImageOptions(),
            CancellationToken.None);
    }

    private const string CProgram = """
        package main

        // int one(void) { return 1; }
        import "C"

        func init() { one = int(C.one()) }
        """;

    private const string Program = """
        package main

        import (
        	"errors"
        	"fmt"
        	"net"
        	"net/http"
        	"os"
        	"os/user"
        	"path/filepath"
        	"time"
        )

        var one int

        func main() {
        	failed := false
        	check := func(name string, err error) {
        		if err == nil {
        			fmt.Println(name, "ok")
        			return
        		}
        		failed = true
        		fmt.Println(name, err)
        	}
        	check("id", func() error {
        		if os.Getuid() != 65532 || os.Getgid() != 65532 {
        			return errors.New("somebody else")
        		}
        		return nil
        	}())
        	_, err := net.LookupHost(os.Args[2])
        	check("name", err)
        	answer, err := http.Get(os.Args[1])
        	if err == nil {
        		err = answer.Body.Close()
        	}
        	check("tls", err)
        	_, err = time.LoadLocation("Asia/Tokyo")
        	check("zone", err)
        	me, err := user.Lookup("nonroot")
        	if err == nil && me.HomeDir != os.Getenv("HOME") {
        		err = errors.New("not at home")
        	}
        	if err == nil {
        		// Go itself knows the current user by $USER and $HOME; the file is for all others.
        		_, err = user.Lookup("root")
        	}
        	check("user", err)
        	_, err = user.LookupGroupId("65532")
        	check("group", err)
        	check("home", os.WriteFile(filepath.Join(os.Getenv("HOME"), "written"), nil, 0o600))
        	file, err := os.CreateTemp("", "needs")
        	if err == nil {
        		err = file.Close()
        	}
        	check("temp", err)
        	if failed {
        		os.Exit(1)
        	}
        }
        """;
}
