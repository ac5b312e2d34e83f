using GoCross.Builds;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Scratch;
using GoCross.Targets;
using GoCross.Tests.Binaries;

namespace GoCross.Tests.Scratch;

/// <summary>
/// Dockerfiles that build from source, with real builders on an image with Go: BuildKit and Buildah. What comes out is run,
/// or asked what it is by go itself.
/// </summary>
[Collection(DockerDaemon.Collection)]
public sealed class SourceBuildTests(DockerDaemon docker) : IDisposable
{
    private const string CProgram = """
        package main

        // int twice(int x) { return 2 * x; }
        import "C"
        import "fmt"

        func main() { fmt.Println(C.twice(21)) }
        """;

    private const string SayPlatform = """
        package main

        import (
        	"os"
        	"runtime"
        )

        func main() { os.Stdout.WriteString(runtime.GOOS + "/" + runtime.GOARCH + "\n") }
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _work = new();

    public void Dispose()
    {
        _directory.Dispose();
        _work.Dispose();
    }

    [GoImageFact(DockerFactAttribute.BuildKit, "chroot", "qemu-aarch64-static")]
    public async Task BuildKit_builds_for_two_platforms_and_both_find_all_that_they_need()
    {
        await GoImage.RequireOnPathAsync(docker);
        SourceFolder.Write(_directory.Path, GoSources.Probe, "cmd/probe");
        ScratchDockerfile dockerfile = await WriteAsync("./cmd/probe");
        string revision = SourceFolder.Commit(_directory.Path);

        await docker.BuildAsync(true, _directory.Path, "--platform", "linux/amd64", "--tag", "gocross-test/source:amd64");
        await docker.BuildAsync(true, _directory.Path, "--platform", "linux/arm64", "--tag", "gocross-test/source:arm64");

        Assert.Equal(GoSources.ProbeContent, await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/source:amd64"));
        string root = await ExportAsync("gocross-test/source:arm64");
        Assert.Equal(
            GoSources.ProbeContent.Replace("linux/amd64", "linux/arm64", StringComparison.Ordinal),
            RunInRoot(root, "/probe"));
        Assert.Equal("arm64", await docker.RunAsync("image", "inspect", "--format", "{{.Architecture}}", "gocross-test/source:arm64"));

        // The context had git's files, and all that git tracks: the stamp is whole.
        string info = Programs.Output("go", ["version", "-m", Path.Combine(root, "probe")]);
        Assert.Contains($"vcs.revision={revision}", info, StringComparison.Ordinal);
        Assert.Contains("vcs.modified=false", info, StringComparison.Ordinal);
        Assert.Contains("GOARCH=arm64", info, StringComparison.Ordinal);
        Assert.All(dockerfile.NeedsMet, need => Assert.StartsWith("ADD rootfs/", need.MetBy, StringComparison.Ordinal));
    }

    [GoImageTheory(DockerFactAttribute.BuildKit)]
    [InlineData("linux/arm/v6", "GOARM=6")]
    [InlineData("linux/amd64/v3", "GOAMD64=v3")]
    [InlineData("linux/arm64/v8", "GOARM64=v8.0")]
    public async Task A_variant_of_docker_s_is_Go_s(string platform, string setting)
    {
        await GoImage.RequireOnPathAsync(docker);
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        await WriteAsync(".");

        await docker.BuildAsync(true, _directory.Path, "--platform", platform, "--tag", "gocross-test/source:variant");

        string root = await ExportAsync("gocross-test/source:variant");
        Assert.Contains(setting, Programs.Output("go", ["version", "-m", Path.Combine(root, "program")]), StringComparison.Ordinal);
    }

    [GoImageFact(DockerFactAttribute.BuildKit)]
    public async Task Modules_are_downloaded_once_for_all_platforms()
    {
        // The proxy is a folder of the image with Go: no network.
        await GoImage.RequireOnPathAsync(docker);
        string image = await WithProxyAsync();
        WriteWithModule();
        await WriteAsync(".", image);

        string first = await BuildAsync("linux/amd64");
        string second = await BuildAsync("linux/386");

        Assert.DoesNotContain("CACHED", StepOf(first, "go mod download"), StringComparison.Ordinal);
        Assert.Contains("CACHED", StepOf(second, "go mod download"), StringComparison.Ordinal);
        Assert.Equal("42", await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/source:linux-amd64"));

        Task<string> BuildAsync(string platform) => docker.BuildAsync(
            true, _directory.Path, "--platform", platform, "--build-arg", "GOPROXY=file:///proxy", "--tag", $"gocross-test/source:{platform.Replace('/', '-')}");

        // In plain progress a step has a number, with which its lines begin.
        static string StepOf(string said, string command)
        {
            string[] lines = said.Split('\n');
            string number = lines.First(line => line.Contains(command, StringComparison.Ordinal)).Split(' ')[0];
            return string.Join('\n', lines.Where(line => line.StartsWith(number + " ", StringComparison.Ordinal)));
        }
    }

    [GoImageFact(DockerFactAttribute.BuildKit)]
    public async Task Vendored_modules_are_not_downloaded()
    {
        await GoImage.RequireOnPathAsync(docker);
        WriteWithModule(vendored: true);
        ScratchDockerfile dockerfile = await WriteAsync(".");

        Assert.DoesNotContain("go mod download", dockerfile.Content, StringComparison.Ordinal);
        await docker.BuildAsync(true, _directory.Path, "--tag", "gocross-test/source:vendor");

        Assert.Equal("42", await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/source:vendor"));
    }

    [GoImageFact(DockerFactAttribute.BuildKit, "aarch64-linux-musl-gcc", "aarch64-linux-gnu-gcc", "qemu-aarch64-static", "chroot")]
    public async Task C_code_is_linked_with_musl_for_two_platforms()
    {
        await GoImage.RequireCrossAsync(docker);
        SourceFolder.Write(_directory.Path, CProgram, ".");
        ScratchDockerfile dockerfile = await WriteAsync(".", GoImage.CrossName, BuildStrategy.Auto);

        Assert.Contains("CGO_ENABLED=1", dockerfile.Content, StringComparison.Ordinal);
        await docker.BuildAsync(true, _directory.Path, "--platform", "linux/amd64", "--tag", "gocross-test/source:musl-amd64");
        await docker.BuildAsync(true, _directory.Path, "--platform", "linux/arm64", "--tag", "gocross-test/source:musl-arm64");

        Assert.Equal("42", await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/source:musl-amd64"));
        Assert.Equal("42", RunInRoot(await ExportAsync("gocross-test/source:musl-arm64"), "/program"));
    }

    [GoImageFact(DockerFactAttribute.BuildKit)]
    public async Task What_is_set_at_link_time_is_in_the_program_as_it_was_given()
    {
        const string Odd = "say \"it\" $HOME ${x:-y} \\n `id` #1\nsecond\n";
        await GoImage.RequireOnPathAsync(docker);
        SourceFolder.Write(
            _directory.Path,
            "package main\n\nimport \"os\"\n\nvar odd, plain, version string\n\nfunc main() { os.Stdout.WriteString(odd + plain + version + \".\") }\n",
            ".");
        await WriteAsync(
            ".", defines: [KeyValuePair.Create("main.odd", Odd), KeyValuePair.Create("main.plain", "it's two"), KeyValuePair.Create("main.version", "dev")]);

        await docker.BuildAsync(true, _directory.Path, "--build-arg", "VERSION=v1 of it", "--tag", "gocross-test/source:odd");

        Assert.Equal(Odd + "it's twov1 of it.", await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/source:odd"));
    }

    [GoImageFact(DockerFactAttribute.BuildKit, "aarch64-linux-musl-gcc", "aarch64-linux-gnu-gcc")]
    public async Task C_code_with_musl_finds_the_kernel_s_headers_and_the_program_has_the_builder_s_version()
    {
        await GoImage.RequireCrossAsync(docker);
        SourceFolder.Write(
            _directory.Path,
            """
            package main

            // #include <linux/if_link.h>
            // int flag(void) { return IFLA_IFNAME; }
            import "C"

            var version = "none"

            func main() { println(version, C.flag()) }
            """,
            ".");
        await WriteAsync(".", GoImage.CrossName, BuildStrategy.Musl, KeyValuePair.Create("main.version", "dev"));

        await docker.BuildAsync(true, _directory.Path, "--platform", "linux/amd64", "--build-arg", "VERSION=v1 of it", "--tag", "gocross-test/source:kernel-amd64");

        Assert.Equal("v1 of it 3", (await docker.TryRunAsync("run", "--rm", "--network", "none", "gocross-test/source:kernel-amd64")).StandardError.Trim());
    }

    [GoImageFact("buildah", "chroot", "qemu-aarch64-static")]
    public async Task Buildah_builds_for_two_platforms()
    {
        await GoImage.RequireOnPathAsync(docker);
        SourceFolder.Write(_directory.Path, SayPlatform, "cmd/probe");
        await WriteAsync("./cmd/probe", $"localhost/{GoImage.OnPathName}");
        string revision = SourceFolder.Commit(_directory.Path);
        using var store = new TemporaryDirectory();
        string[] global = ["--root", store.Path + "/root", "--runroot", store.Path + "/run", "--storage-driver", "vfs"];
        await docker.RunAsync("save", "--output", store.Path + "/go.tar", GoImage.OnPathName);
        Programs.Output("buildah", [.. global, "pull", $"docker-archive:{store.Path}/go.tar"]);
        foreach (string architecture in new[] { "amd64", "arm64" })
        {
            Programs.Output(
                "buildah",
                [.. global, "bud", "--isolation", "chroot", "--network", "host", "--pull-never", "--build-arg", "BUILDPLATFORM=linux/amd64", "--platform", $"linux/{architecture}", "--tag", architecture, "."],
                _directory.Path);
            string container = Programs.Output("buildah", [.. global, "from", "--pull-never", $"localhost/{architecture}"]).Trim();
            string root = Programs.Output("buildah", [.. global, "mount", container]).Trim();
            try
            {
                Assert.Equal($"linux/{architecture}", RunInRoot(root, "/probe", architecture));
                Assert.Contains(
                    $"vcs.revision={revision}", Programs.Output("go", ["version", "-m", Path.Combine(root, "probe")]), StringComparison.Ordinal);
            }
            finally
            {
                Programs.Run("buildah", [.. global, "rm", container]);
            }
        }
    }

    [GoImageFact]
    public async Task The_legacy_builder_says_what_it_lacks()
    {
        await GoImage.RequireOnPathAsync(docker);
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        ScratchDockerfile dockerfile = await WriteAsync(".");

        GoCross.Processes.ProcessResult result = await docker.TryRunAsync("build", "--network", "none", _directory.Path);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("BuildKit", result.StandardError + result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("# Needs BuildKit", dockerfile.Content, StringComparison.Ordinal);
    }

    private async Task<ScratchDockerfile> WriteAsync(
        string package, string image = GoImage.OnPathName, BuildStrategy strategy = BuildStrategy.Static, params KeyValuePair<string, string>[] defines)
    {
        ScratchDockerfile dockerfile = await SourceDockerfileWriter.CreateAsync(
            new SourceOptions
            {
                Folder = _directory.Path, Package = package, GoImage = ImageReference.Parse(image), Strategy = strategy,
                Build = new BuildOptions { Defines = defines },
            },
            Path.Combine(_directory.Path, "Dockerfile"),
            new ScratchOptions(),
            new DockerfileOptions(),
            CancellationToken.None);
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);
        return dockerfile;
    }

    private void WriteWithModule(bool vendored = false)
    {
        SourceFolder.Write(_directory.Path, "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.test/lib\"\n)\n\nfunc main() { fmt.Println(lib.Answer) }\n", ".");
        File.AppendAllText(Path.Combine(_directory.Path, "go.mod"), "\nrequire example.test/lib v1.0.0\n");
        using ModuleProxy proxy = Proxy();
        Programs.Output("go", ["mod", "tidy"], _directory.Path, new Dictionary<string, string?>
        {
            ["GOPROXY"] = "file://" + proxy.ProxyFolder,
            ["GOMODCACHE"] = Path.Combine(_work.Path, "cache"),
            ["GOFLAGS"] = "-modcacherw",
            ["GOSUMDB"] = "off",
            ["GOTOOLCHAIN"] = "local",
        });
        if (vendored)
        {
            Programs.Output("go", ["mod", "vendor"], _directory.Path, new Dictionary<string, string?>
            {
                ["GOPROXY"] = "off",
                ["GOMODCACHE"] = Path.Combine(_work.Path, "cache"),
                ["GOFLAGS"] = "-modcacherw",
                ["GOTOOLCHAIN"] = "local",
            });
        }
    }

    private static ModuleProxy Proxy() => new ModuleProxy().Add(
        "example.test/lib", "v1.0.0", "package lib\n\n// Answer is what is asked for.\nconst Answer = 42\n");

    private async Task<string> WithProxyAsync()
    {
        using ModuleProxy proxy = Proxy();
        File.WriteAllText(Path.Combine(proxy.ProxyFolder, "Dockerfile"), $"FROM {GoImage.OnPathName}\nCOPY . /proxy\n");
        await docker.BuildAsync(false, proxy.ProxyFolder, "--tag", "gocross-test/golang-proxy:1");
        return "gocross-test/golang-proxy:1";
    }

    private async Task<string> ExportAsync(string tag)
    {
        string container = await docker.RunAsync("create", tag);
        string archive = Path.Combine(_work.Path, "root.tar");
        string root = Directory.CreateDirectory(Path.Combine(_work.Path, Path.GetRandomFileName())).FullName;
        await docker.RunAsync("export", "--output", archive, container);
        await docker.RunAsync("rm", container);
        Programs.Output("tar", ["-xf", archive, "-C", root]);
        File.Delete(archive);
        return root;
    }

    private static string RunInRoot(string root, string program, string architecture = "arm64")
    {
        const string Qemu = "qemu-aarch64-static";
        bool isForeign = architecture == "arm64";
        if (isForeign)
        {
            File.Copy(Tools.Require(Qemu), Path.Combine(root, Qemu));
        }

        return Programs.Output(
            "chroot",
            ["--userspec=65532:65532", root, .. isForeign ? ["/" + Qemu] : (string[])[], program],
            environment: new Dictionary<string, string?> { ["HOME"] = "/home/nonroot", ["USER"] = "nonroot", ["TZ"] = null, ["TMPDIR"] = null, ["SSL_CERT_FILE"] = null, ["ZONEINFO"] = null })
            .TrimEnd('\n');
    }
}
