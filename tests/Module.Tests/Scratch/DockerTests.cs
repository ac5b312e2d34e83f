using System.Globalization;
using System.Text.RegularExpressions;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Processes;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

/// <summary>What is written, in a real engine: loaded, built, run.</summary>
[Collection(DockerDaemon.Collection)]
public sealed partial class DockerTests(DockerDaemon docker) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [DockerFact("go")]
    public async Task The_image_loads_runs_and_holds_all_that_the_program_needs()
    {
        ScratchImage image = WriteImage(GoSources.Probe, "gocross-test/loaded:1");

        string loaded = await docker.RunAsync("load", "--input", image.Path!);

        Assert.Contains("gocross-test/loaded:1", loaded, StringComparison.Ordinal);
        Assert.Equal(image.ImageId, await docker.RunAsync("image", "inspect", "--format", "{{.Id}}", "gocross-test/loaded:1"));
        Assert.Equal(GoSources.ProbeContent, await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/loaded:1"));
        Assert.Equal("[a b]", await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/loaded:1", "a", "b"));
    }

    [DockerFact("go", "sh")]
    public async Task The_command_that_is_told_builds_the_image_wherever_one_stands()
    {
        string folder = Path.Combine(_directory.Path, "a folder");
        Directory.CreateDirectory(folder);
        var program = ScratchProgram.Inspect(GoSources.Build(GoSources.Plain, Path.Combine(folder, "plain")), CancellationToken.None);
        ScratchDockerfile dockerfile = ScratchDockerfileWriter.Create(
            [program],
            Path.Combine(folder, "Other"),
            new ScratchOptions(),
            new DockerfileOptions { References = [ImageReference.ParseTagged("gocross-test/told:1")] });
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);

        ProcessResult result = await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "sh",
                Arguments = ["-c", dockerfile.BuildCommand],
                WorkingDirectory = "/",
                Environment = new Dictionary<string, string?> { ["DOCKER_HOST"] = await docker.GetEndpointAsync() },
            },
            CancellationToken.None);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Equal("[\"/plain\"]", await docker.RunAsync("image", "inspect", "--format", "{{json .Config.Entrypoint}}", "gocross-test/told:1"));
    }

    [DockerFact("go")]
    public async Task The_variable_TZ_finds_its_zone()
    {
        await docker.RunAsync("load", "--input", WriteImage(GoSources.Probe, "gocross-test/zone:1").Path!);

        string said = await docker.RunAsync("run", "--rm", "--network", "none", "--env", "TZ=Asia/Tokyo", "gocross-test/zone:1");

        Assert.Contains("local 09:00 JST", said, StringComparison.Ordinal);
    }

    [DockerFact("go")]
    public Task The_legacy_builder_makes_an_image_with_no_network_that_holds_all_that_the_program_needs() =>
        BuildAndCheckAsync(buildKit: false);

    [DockerFact("go", DockerFactAttribute.BuildKit)]
    public Task BuildKit_makes_an_image_with_no_network_that_holds_all_that_the_program_needs() =>
        BuildAndCheckAsync(buildKit: true);

    [DockerFact("go")]
    public Task Texts_arrive_through_the_legacy_builder_as_they_were_given() => CheckTextsAsync(buildKit: false);

    [DockerFact("go", DockerFactAttribute.BuildKit)]
    public Task Texts_arrive_through_BuildKit_as_they_were_given() => CheckTextsAsync(buildKit: true);

    [DockerTheory("go", DockerFactAttribute.BuildKit)]
    [InlineData("linux/amd64")]
    [InlineData("linux/arm64")]
    [InlineData("linux/arm/v6")]
    [InlineData("linux/arm/v7")]
    [Trait("Engine", "Docker")]
    public async Task BuildKit_picks_the_binary_of_the_platform_that_is_built(string platform)
    {
        WriteSeveral();

        await docker.BuildAsync(true, _directory.Path, "--platform", platform, "--tag", "gocross-test/several:1");

        Assert.Equal(platform, await PlatformInAsync("gocross-test/several:1"));
    }

    [DockerFact("go")]
    [Trait("Engine", "Docker")]
    public async Task The_legacy_builder_which_knows_no_platforms_makes_no_image_of_another_one_s_program()
    {
        WriteSeveral();

        ProcessResult result = await docker.TryRunAsync(
            "build", "--network", "none", "--platform", "linux/arm64", "--tag", "gocross-test/several:legacy", _directory.Path);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("needs-buildkit", result.StandardOutput + result.StandardError, StringComparison.Ordinal);
        Assert.Contains("BuildKit", File.ReadAllText(Path.Combine(_directory.Path, "Dockerfile"))[..800], StringComparison.Ordinal);
    }

    // With the default driver, which is the engine itself. Debian 12 has no buildx: ./build.sh test -Engines has one.
    [DockerFact("go", "docker-buildx")]
    [Trait("Engine", "Modern")]
    public async Task Buildx_bakes_what_the_bake_file_says()
    {
        ScratchDockerfile dockerfile = WriteTwoPlatforms(new DockerfileOptions
        {
            BakePath = Path.Combine(_directory.Path, "docker-bake.json"), References = [ImageReference.Parse("gocross-test/baked:1")],
        });
        string endpoint = await docker.GetEndpointAsync();
        foreach (string architecture in (string[])["amd64", "arm64"])
        {
            ProcessResult baked = await ChildProcess.RunAsync(
                new ProcessRequest
                {
                    FileName = Tools.Require("docker-buildx"),
                    Arguments = ["bake", "--file", "docker-bake.json", "--load", "plain-linux-" + architecture],
                    WorkingDirectory = _directory.Path,
                    Environment = new Dictionary<string, string?>
                    {
                        ["DOCKER_HOST"] = endpoint, ["DOCKER_CONFIG"] = Path.Combine(_directory.Path, "config"), ["BUILDKIT_PROGRESS"] = "plain",
                    },
                },
                CancellationToken.None);
            Assert.True(baked.ExitCode == 0, baked.StandardOutput + baked.StandardError);
            await AssertProgramAsync("gocross-test/baked:1", "linux/" + architecture);
        }
    }

    [DockerFact("go", "sh", "docker-buildx")]
    [Trait("Engine", "Modern")]
    public async Task The_command_that_is_told_for_several_platforms_makes_an_image_of_each_where_the_store_holds_several()
    {
        ScratchDockerfile dockerfile = WriteTwoPlatforms(new DockerfileOptions { References = [ImageReference.Parse("gocross-test/both:1")] });

        // The client finds its plug-ins in the folder of its configuration.
        string plugins = Path.Combine(_directory.Path, "config", "cli-plugins");
        Directory.CreateDirectory(plugins);
        File.CreateSymbolicLink(Path.Combine(plugins, "docker-buildx"), Tools.Require("docker-buildx"));
        ProcessResult built = await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "sh",
                Arguments = ["-c", dockerfile.BuildCommand],
                WorkingDirectory = "/",
                Environment = new Dictionary<string, string?>
                {
                    ["DOCKER_HOST"] = await docker.GetEndpointAsync(), ["DOCKER_CONFIG"] = Path.GetDirectoryName(plugins), ["BUILDKIT_PROGRESS"] = "plain",
                },
            },
            CancellationToken.None);

        if (Environment.GetEnvironmentVariable("GOCROSS_ENGINE") == "docker-containerd")
        {
            Assert.True(built.ExitCode == 0, built.StandardOutput + built.StandardError);
            await AssertProgramAsync("gocross-test/both:1", "linux/amd64");
            await AssertProgramAsync("gocross-test/both:1", "linux/arm64");
        }
        else
        {
            // Docker's other store refuses, and what it names is what the Dockerfile names.
            Assert.Contains("containerd image store", built.StandardError, StringComparison.Ordinal);
            Assert.Contains("containerd image store", dockerfile.Content.Replace("\n# ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [DockerFact("go", DockerFactAttribute.BuildKit)]
    public async Task A_dynamic_program_finds_its_loader_and_the_certificates_of_another_image()
    {
        string roots = Directory.CreateDirectory(Path.Combine(_directory.Path, "roots")).FullName;
        File.Copy("/etc/ssl/certs/ca-certificates.crt", Path.Combine(roots, "ca-certificates.crt"));
        File.WriteAllText(Path.Combine(roots, "Dockerfile"), "FROM scratch\nCOPY ca-certificates.crt /etc/ssl/certs/\n");
        await docker.BuildAsync(true, roots, "--tag", "gocross-test/roots:1");
        ScratchProgram program = ScratchProgram.Inspect(
            GoSources.Build(GoSources.Probe, Path.Combine(_directory.Path, "probe"), "linux/amd64", "-buildmode=pie"), CancellationToken.None);
        ScratchDockerfileWriter.Write(
            ScratchDockerfileWriter.Create(
                [program],
                Path.Combine(_directory.Path, "Dockerfile"),
                new ScratchOptions(),
                new DockerfileOptions { CertificateImage = ImageReference.Parse("gocross-test/roots:1") }),
            overwrite: false);

        await docker.BuildAsync(true, _directory.Path, "--tag", "gocross-test/dynamic:1");

        Assert.Equal(GoSources.ProbeContent, await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/dynamic:1"));
    }

    private ScratchDockerfile WriteTwoPlatforms(DockerfileOptions options)
    {
        ScratchDockerfile dockerfile = ScratchDockerfileWriter.Create(
            [Build(GoSources.Plain, "arm64/plain", "linux/arm64"), Build(GoSources.Plain, "amd64/plain")],
            Path.Combine(_directory.Path, "Dockerfile"),
            new ScratchOptions(),
            options);
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);
        return dockerfile;
    }

    [GeneratedRegex(@"(?:Sending build context to Docker daemon|transferring context:)\s+([0-9.]+)\s*([kM]?)B")]
    private static partial Regex ContextPattern();

    /// <summary>How much of the context the client said that it sent.</summary>
    private static double ContextMegabytes(string said) => ContextPattern().Matches(said)
        .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            * (match.Groups[2].Value switch { "M" => 1, "k" => 1e-3, _ => 1e-6 }))
        .Max();

    private async Task BuildAndCheckAsync(bool buildKit)
    {
        // What git leaves of modes on a machine with a strict umask must not matter.
        ScratchDockerfile dockerfile = WriteDockerfile([Build(GoSources.Probe, "dist/my probe")]);
        Programs.Output("chmod", ["600", .. dockerfile.Files]);
        using (FileStream junk = File.Create(Path.Combine(_directory.Path, "junk")))
        {
            junk.SetLength(100 << 20);
        }

        string tag = $"gocross-test/built:{(buildKit ? "buildkit" : "legacy")}";
        string said = await docker.BuildAsync(buildKit, _directory.Path, "--tag", tag);
        Assert.Equal(GoSources.ProbeContent, await docker.RunAsync("run", "--rm", "--network", "none", tag));
        Assert.Equal("[a b]", await docker.RunAsync("run", "--rm", "--network", "none", tag, "a", "b"));
        Assert.Equal(
            "65532:65532 [\"/my probe\"]",
            await docker.RunAsync("image", "inspect", "--format", "{{.Config.User}} {{json .Config.Entrypoint}}", tag));
        Assert.True(ContextMegabytes(said) < 20, said);
    }

    private async Task CheckTextsAsync(bool buildKit)
    {
        const string Odd = "a \"b\" $HOME ${HOME:-x} \\n 'c' #d `e` ü";
        WriteDockerfile(
            [Build(GoSources.Probe, "probe")],
            new ScratchOptions
            {
                Arguments = [Odd],
                Labels = new Dictionary<string, string> { ["odd"] = Odd },
                Environment = new Dictionary<string, string> { ["ODD"] = Odd },
                Ports = [8080],
            });

        await docker.BuildAsync(buildKit, _directory.Path, "--tag", "gocross-test/odd:1");

        Assert.Equal($"[{Odd}]", await docker.RunAsync("run", "--rm", "--network", "none", "gocross-test/odd:1"));
        string[] config = (await docker.RunAsync(
            "image", "inspect", "--format", "{{.Config.Labels.odd}}\n{{range .Config.Env}}{{println .}}{{end}}{{.Config.ExposedPorts}}",
            "gocross-test/odd:1")).Split('\n');
        Assert.Equal(Odd, config[0]);
        Assert.Contains("ODD=" + Odd, config);
        Assert.Equal("map[8080/tcp:{}]", config[^1]);
    }

    private ScratchProgram Build(string source, string name, string platform = "linux/amd64") => ScratchProgram.Inspect(
        GoSources.Build(source, Path.Combine(_directory.Path, name), platform), CancellationToken.None);

    private ScratchImage WriteImage(string source, string reference) => ScratchImageWriter.Write(
        [Build(source, "probe")],
        Path.Combine(_directory.Path, "image.tar"),
        ImageReference.Parse(reference),
        new ScratchOptions(),
        new ScratchImageOptions(),
        CancellationToken.None);

    private ScratchDockerfile WriteDockerfile(ScratchProgram[] programs, ScratchOptions? options = null)
    {
        ScratchDockerfile dockerfile = ScratchDockerfileWriter.Create(
            programs, Path.Combine(_directory.Path, "Dockerfile"), options ?? new ScratchOptions());
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);
        return dockerfile;
    }

    private void WriteSeveral() => WriteDockerfile(
    [
        Build(GoSources.Plain, "linux-arm64/plain", "linux/arm64"),
        Build(GoSources.Plain, "linux-amd64/plain"),
        Build(GoSources.Plain, "linux-armv6/plain", "linux/arm/v6"),
        Build(GoSources.Plain, "linux-armv7/plain", "linux/arm/v7"),
    ]);

    /// <summary>Holds an image's program, by its own bytes, to the platform that is asked for.</summary>
    private async Task AssertProgramAsync(string image, string platform)
    {
        string container = await docker.RunAsync("create", "--platform", platform, image);
        string taken = Path.Combine(_directory.Path, "taken-" + platform.Replace('/', '-'));
        await docker.RunAsync("cp", $"{container}:/plain", taken);
        await docker.RunAsync("rm", container);
        Assert.Equal(platform, ScratchProgram.Inspect(taken, CancellationToken.None).Platform.ToString());
    }

    /// <summary>Which of the binaries is in an image, by its own bytes.</summary>
    private async Task<string> PlatformInAsync(string tag)
    {
        string container = await docker.RunAsync("create", tag);
        await docker.RunAsync("cp", $"{container}:/plain", Path.Combine(_directory.Path, "taken"));
        await docker.RunAsync("rm", container);
        return ScratchProgram.Inspect(Path.Combine(_directory.Path, "taken"), CancellationToken.None).Platform.ToString();
    }
}
