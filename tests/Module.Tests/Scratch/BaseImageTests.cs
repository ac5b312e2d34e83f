using System.Text.Json;
using GoCross.Builds;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Isolated;
using GoCross.Oci;
using GoCross.Scratch;
using GoCross.Targets;
using GoCross.Tests.Builds;
using GoCross.Tests.Images;
using GoCross.Tests.Roots;

namespace GoCross.Tests.Scratch;

/// <summary>A program on top of another image: what docker and skopeo say of it, and what runs in it.</summary>
[Collection(DockerDaemon.Collection)]
public sealed class BaseImageTests(DockerDaemon docker) : IDisposable
{
    private const string BaseName = "gocross-test/base:1";

    private const string Source = """
        package main

        // int one(void) { return 1; }
        import "C"

        import (
        	"fmt"
        	"os"
        	"os/user"
        )

        func main() {
        	_, there := user.LookupId("4321")
        	me, err := user.LookupId(fmt.Sprint(os.Getuid()))
        	fmt.Println(C.one(), os.Getenv("OF"), there, me, err)
        }
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [DockerTheory("go", "gcc", "tar", "ldd", "skopeo", "bash")]
    [InlineData("engine")]
    [InlineData("docker-archive")]
    [InlineData("oci")]
    [InlineData("oci-zstd")]
    public async Task A_dynamic_program_runs_on_the_libraries_of_its_base(string kind)
    {
        string location = await MakeBaseAsync(kind, withLibraries: true);
        ScratchProgram program = await BuildAsync();

        ScratchImage image = await WriteAsync(program, location);
        await docker.RunAsync("load", "--input", image.Path!);

        // The base's user, its variable and its libraries are there, and so is our own user.
        string said = await docker.RunAsync("run", "--rm", "--network", "none", image.Reference);
        Assert.Equal("1 base <nil> &{65532 65532 nonroot nonroot /home/nonroot} <nil>", said);
        Assert.Equal(
            "65532:65532 [OF=base] base layers: 3",
            string.Join(' ', (await docker.RunAsync(
                "image", "inspect", "--format",
                "{{.Config.User}} {{range .Config.Env}}{{if eq . \"OF=base\"}}[{{.}}]{{end}}{{end}} {{.Config.Labels.of}} layers: {{len .RootFS.Layers}}",
                image.Reference)).Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal([true, false, false], image.Layers.Select(layer => layer.IsOfBase));
        Assert.Contains("/lib64/ld-linux-x86-64.so.2", image.Manifests[0].StartReason, StringComparison.Ordinal);
    }

    // Each field of the configuration, as skopeo reads it out of what was made: it is the base's, ours, or a warning.
    [ToolFact("go", "skopeo")]
    public void What_a_base_says_of_itself_is_inherited_or_warned_of()
    {
        const string Run = """
            {"User":"7","Cmd":["/base"],"Entrypoint":["/base"],"ArgsEscaped":true,"Env":["A=b"],"Labels":{"of":"base"},"Volumes":{"/data":{}},
             "WorkingDir":"/w","StopSignal":"SIGQUIT","StopTimeout":30,"Shell":["/bin/bash","-c"],"OnBuild":["RUN x"],"ExposedPorts":{"1/tcp":{}},
             "Healthcheck":{"Test":["CMD","/ok"],"Interval":30000000000},"Memory":1048576,"Hostname":"3f2a","Image":"sha256:00","Tty":false,
             "com.example.unknown":{"a":[1]}}
            """;
        string archive = Path.Combine(_directory.Path, "base.tar");
        File.WriteAllBytes(archive, TestImage.DockerArchive([new TarBytes().File("base", "x", mode: 0x1ED).End()], Run));
        var program = ScratchProgram.Inspect(GoSources.Build(GoSources.Plain, Path.Combine(_directory.Path, "plain")), CancellationToken.None);

        ScratchImage image = ScratchImageWriter.Write(
            [program],
            Path.Combine(_directory.Path, "image.tar"),
            ImageReference.Parse("gocross-test/inherits:1"),
            new ScratchOptions(),
            new ScratchImageOptions { Base = TestImage.At(archive), BaseReader = platform => new ImageReader { Platform = platform } },
            CancellationToken.None);

        using JsonDocument document = JsonDocument.Parse(
            Programs.Output("skopeo", ["inspect", "--raw", "--config", "docker-archive:" + image.Path]));
        JsonElement run = document.RootElement.GetProperty("config");
        JsonElement given = JsonDocument.Parse(Run).RootElement;
        foreach (string same in (string[])[
            "Volumes", "WorkingDir", "StopSignal", "StopTimeout", "Shell", "ExposedPorts", "Healthcheck", "Memory", "com.example.unknown"])
        {
            Assert.Equal(given.GetProperty(same).GetRawText(), run.GetProperty(same).GetRawText());
        }

        Assert.Contains("A=b", run.GetProperty("Env").EnumerateArray().Select(variable => variable.GetString()));
        Assert.Equal("base", run.GetProperty("Labels").GetProperty("of").GetString());
        Assert.Equal("65532:65532", run.GetProperty("User").GetString());
        Assert.Equal("[\"/plain\"]", run.GetProperty("Entrypoint").GetRawText());
        Assert.All((string[])["Cmd", "ArgsEscaped", "OnBuild", "Hostname", "Image", "Tty"], gone => Assert.False(run.TryGetProperty(gone, out _), gone));
        Assert.Contains(image.Warnings, warning => warning.Contains("ONBUILD", StringComparison.Ordinal) && warning.Contains("RUN x", StringComparison.Ordinal));
    }

    [DockerFact("go", "gcc", "tar", "skopeo", "bash")]
    public async Task A_base_without_the_loader_is_an_error_before_anything_is_written()
    {
        string location = await MakeBaseAsync("docker-archive", withLibraries: false);
        ScratchProgram program = await BuildAsync();

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => WriteAsync(program, location));

        Assert.Equal("ProgramCannotStart", e.ErrorId);
        Assert.Contains("/lib64/ld-linux-x86-64.so.2", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory.Path, "image.tar")));
    }

    [DockerFact("go", "gcc", "tar", "skopeo", "bash")]
    public async Task A_base_for_another_platform_is_an_error_that_names_what_there_is()
    {
        string location = await MakeBaseAsync("oci", withLibraries: false);
        var program = ScratchProgram.Inspect(
            GoSources.Build(GoSources.Plain, Path.Combine(_directory.Path, "linux-arm64", "plain"), "linux/arm64"), CancellationToken.None);

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => WriteAsync(program, location));

        Assert.Equal("PlatformNotFound", e.ErrorId);
        Assert.Contains("linux/amd64", e.Message, StringComparison.Ordinal);
    }

    private async Task<ScratchProgram> BuildAsync()
    {
        using var workspace = new GoWorkspace(("go.mod", "module example.com/onbase\n\ngo 1.21\n"), ("main.go", Source));
        BuildOutcome outcome = await workspace.BuildAsync(strategy: BuildStrategy.Glibc);
        Assert.Null(outcome.Failure?.Message);
        string path = Path.Combine(_directory.Path, "onbase");
        File.Copy(outcome.Build.Path!, path);
        return ScratchProgram.Inspect(path, CancellationToken.None);
    }

    // An image that the engine makes of a folder, in each of the forms in which one can be given.
    private async Task<string> MakeBaseAsync(string kind, bool withLibraries)
    {
        using var root = new RootFolder();
        if (withLibraries)
        {
            root.CopyWithLibraries(Tools.Require("bash"), "/bin/bash");
        }

        Directory.CreateDirectory(root.At("/etc"));
        await File.WriteAllTextAsync(root.At("/etc/passwd"), "root:x:0:0::/root:\nother:x:4321:4321::/:");
        string tar = Path.Combine(_directory.Path, "root.tar");
        Programs.Output("tar", ["-C", root.Tree, "-cf", tar, "."]);
        await docker.RunAsync("import", "--change", "ENV OF=base", "--change", "LABEL of=base", "--change", "CMD [\"/bin/bash\"]", tar, BaseName);
        string saved = Path.Combine(_directory.Path, "base.tar");
        await docker.RunAsync("save", "--output", saved, BaseName);
        string layout = Path.Combine(_directory.Path, "layout");
        switch (kind)
        {
            case "engine":
                return "docker-daemon:" + BaseName;
            case "docker-archive":
                return "docker-archive:" + saved;
            case "oci":
                Programs.Output("skopeo", ["copy", "--quiet", "docker-archive:" + saved, $"oci:{layout}:base"]);
                return "oci:" + layout;
            default:
                Programs.Output(
                    "skopeo", ["copy", "--quiet", "--dest-compress-format", "zstd", "docker-archive:" + saved, $"oci:{layout}:base"]);
                return "oci:" + layout;
        }
    }

    private async Task<ScratchImage> WriteAsync(ScratchProgram program, string location)
    {
        var endpoint = new EngineEndpoint { Address = await docker.GetEndpointAsync() };
        return ScratchImageWriter.Write(
            [program],
            Path.Combine(_directory.Path, "image.tar"),
            ImageReference.Parse("gocross-test/onbase:1"),
            new ScratchOptions(),
            new ScratchImageOptions
            {
                Base = ImageLocation.Parse(location, Path.GetFullPath),
                BaseReader = platform => new ImageReader
                {
                    Platform = platform,
                    ConnectEngine = () => new IsolatedLibraries().Connect(endpoint),
                },
            },
            CancellationToken.None);
    }
}
