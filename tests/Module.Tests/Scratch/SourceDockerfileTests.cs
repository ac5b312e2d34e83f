using System.Text.Json;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Scratch;
using GoCross.Targets;

namespace GoCross.Tests.Scratch;

/// <summary>Dockerfiles that build from source: what is in them, and what is refused. Real builders are elsewhere.</summary>
public sealed class SourceDockerfileTests : IDisposable
{
    private const string Validator = "artifacts/tools/dockerfile/node_modules/dockerfile-utils/lib/main.js";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolFact("go")]
    public async Task What_the_program_needs_is_learned_and_nothing_else_is_in_it()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, "cmd/plain");

        ScratchDockerfile dockerfile = await CreateAsync("./cmd/plain");

        Assert.Equal(["build", null], dockerfile.Stages.Select(stage => stage.Name));
        Assert.Equal("golang:1.21", dockerfile.Stages[0].Base);
        Assert.Empty(dockerfile.Needs);
        Assert.Empty(dockerfile.Warnings);
        Assert.DoesNotContain("ADD ", dockerfile.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("# syntax=", dockerfile.Content, StringComparison.Ordinal);
        Assert.Contains("-- ./cmd/plain\n", dockerfile.Content, StringComparison.Ordinal);
        Assert.Equal(["/plain"], dockerfile.Entrypoint);
    }

    [ToolFact("go")]
    public async Task The_same_source_gives_the_same_bytes_elsewhere_and_no_path_of_the_machine()
    {
        using var other = new TemporaryDirectory();
        SourceFolder.Write(_directory.Path, GoSources.Probe, "cmd/probe");
        SourceFolder.Write(other.Path, GoSources.Probe, "cmd/probe");

        ScratchDockerfile here = await CreateAsync("./cmd/probe");
        ScratchDockerfile there = await CreateAsync(new SourceOptions { Folder = other.Path, Package = "./cmd/probe" });

        Assert.Equal(here.Content, there.Content);
        Assert.Equal(
            here.Contents.Select(file => Convert.ToHexString(file.Content.Span)), there.Contents.Select(file => Convert.ToHexString(file.Content.Span)));
        Assert.DoesNotContain(_directory.Path, here.Content, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath() + "gocross", here.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_build_all_needs_are_assumed_and_that_is_said()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");

        ScratchDockerfile dockerfile = await CreateAsync(Source(".") with { ProbeByBuilding = false });

        Assert.Equal(2, dockerfile.Warnings.Count);
        Assert.Contains("-NoBuild", dockerfile.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("is assumed: users,", dockerfile.Content.Replace("\n# ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("ADD rootfs/certificates.tar /", dockerfile.Content, StringComparison.Ordinal);
        Assert.Equal(["/program"], dockerfile.Entrypoint);
    }

    [ToolFact("go")]
    public async Task A_program_that_does_not_build_here_is_assumed_to_need_all_and_the_reason_is_a_warning_only()
    {
        SourceFolder.Write(_directory.Path, "package main\n\nfunc main() { undefined() }\n", ".");

        ScratchDockerfile dockerfile = await CreateAsync(".");

        Assert.Contains("undefined", dockerfile.Warnings[0], StringComparison.Ordinal);
        Assert.DoesNotContain("undefined", dockerfile.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("go 1.21\n", "golang:1.21")]
    [InlineData("go 1.23.4\n", "golang:1.23")]
    [InlineData("go 1.21\n\ntoolchain go1.24.1\n", "golang:1.24")]
    [InlineData("go 1.24rc1\n", "golang:1.24rc1")]
    [InlineData("go 1.22.0\ntoolchain go1.22.3-custom\n", "golang:1.22")]
    [InlineData("", "golang:1")]
    public async Task The_image_is_of_the_version_that_go_mod_asks_for(string lines, string image)
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        File.WriteAllText(In("go.mod"), "module example.test/program\n\n" + lines);

        Assert.Equal(image, (await CreateAsync(Source(".") with { ProbeByBuilding = false })).Stages[0].Base);
    }

    [ToolFact("go", "musl-gcc")]
    public async Task A_program_with_C_code_that_does_not_build_here_is_an_error_with_the_reason()
    {
        SourceFolder.Write(_directory.Path, "package main\n\n// #include <nowhere.h>\nimport \"C\"\n\nfunc main() { println(C.X) }\n", ".");

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => CreateAsync("."));

        Assert.Equal("SourceTrialFailed", failure.ErrorId);
        Assert.Contains("nowhere.h", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-NoBuild -Strategy Musl", failure.Fix, StringComparison.Ordinal);
    }

    // Modules in folders have no checksums: go makes no go.sum where nothing else is needed, and what nobody needs is not part of it.
    [Fact]
    public async Task Modules_that_are_in_the_source_need_no_go_sum_and_what_is_not_needed_may_lie_anywhere()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        File.AppendAllText(In("go.mod"), "\nrequire example.test/lib v0.0.0\n\nreplace example.test/lib => ./lib\n\nreplace example.test/unused => ../elsewhere\n");
        Directory.CreateDirectory(In("lib"));
        File.WriteAllText(In("lib/go.mod"), "module example.test/lib\n\nreplace example.test/deeper => ../../far\n");

        ScratchDockerfile dockerfile = await CreateAsync(Source(".") with { ProbeByBuilding = false });

        Assert.DoesNotContain(dockerfile.Warnings, warning => warning.Contains("go.sum", StringComparison.Ordinal));
        Assert.DoesNotContain("go mod download", dockerfile.Content, StringComparison.Ordinal);

        File.AppendAllText(In("lib/go.mod"), "\nrequire example.test/other v1.0.0\n");
        dockerfile = await CreateAsync(Source(".") with { ProbeByBuilding = false });
        Assert.Contains(dockerfile.Warnings, warning => warning.Contains("go.sum", StringComparison.Ordinal));
        Assert.Contains("go mod download", dockerfile.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_project_s_own_dockerignore_stays_and_keeps_its_effect()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        File.WriteAllText(In(".dockerignore"), "secrets/\n*.key\n");

        ScratchDockerfile dockerfile = await CreateAsync(Source(".") with { ProbeByBuilding = false });
        ScratchDockerfileWriter.Write(dockerfile, overwrite: true);

        Assert.Equal("secrets/\n*.key\n", File.ReadAllText(In(".dockerignore")));
        string[] lines = File.ReadAllLines(In("Dockerfile.dockerignore"));
        Assert.Contains("secrets/", lines);
        Assert.Contains("*.key", lines);
        Assert.Contains(".git/logs", lines);

        // One that was written here is none of the project's.
        File.Delete(In(".dockerignore"));
        ScratchDockerfileWriter.Write(await CreateAsync(Source(".") with { ProbeByBuilding = false }), overwrite: true);
        Assert.Contains(In(".dockerignore"), (await CreateAsync(Source(".") with { ProbeByBuilding = false })).Files);
    }

    [Fact]
    public async Task What_is_set_at_link_time_is_an_argument_with_that_value()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");

        ScratchDockerfile dockerfile = await CreateAsync(Source(".") with
        {
            ProbeByBuilding = false,
            Build = new BuildOptions
            {
                Defines =
                [
                    KeyValuePair.Create("main.version", "v1.2.3"), KeyValuePair.Create("main.buildDate", "to day"), KeyValuePair.Create("main.path", "x"),
                    KeyValuePair.Create("main.odd", "$HOME \"a\" \\n\nb\n"),
                    KeyValuePair.Create("example.test/program/other.version", "2"),
                ],
            },
        });

        Assert.Contains("\nARG VERSION=v1.2.3\nARG BUILD_DATE=\"to day\"\nARG MAIN_PATH=x\nARG OTHER_VERSION=2\n", dockerfile.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("ARG ODD", dockerfile.Content, StringComparison.Ordinal);
        string[] lines = dockerfile.Content.Split('\n');
        int at = Array.FindIndex(lines, line => line.Contains("go build -", StringComparison.Ordinal));
        string build = lines[at - 1].Trim().TrimEnd('\\') + "set -- " + lines[at].Trim();
        string said = Programs.Run(
            "sh", ["-c", "VERSION=\"a 'b\" BUILD_DATE='1 2'; " + build + "; for a; do printf '[%s]\\n' \"$a\"; done"]).StandardOutput;
        Assert.Contains("-X \"main.version=a 'b\" -X \"main.buildDate=1 2\"", said, StringComparison.Ordinal);
        Assert.Contains("-X 'main.odd=$HOME \"a\" \\n\nb\n'", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_modules_are_fetched_with_secrets_that_are_mounted_for_the_download_alone()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        File.AppendAllText(In("go.mod"), "\nrequire git.example.test/team/lib v1.0.0\n");
        SourceOptions source = Source(".") with { ProbeByBuilding = false, PrivateModules = ["git.example.test/team/*"] };

        ScratchDockerfile plain = await CreateAsync(source);
        ScratchDockerfile dockerfile = await CreateAsync(source with { ModuleCredentials = [ModuleCredential.Netrc, ModuleCredential.Ssh] });

        Assert.Contains("ARG GOPRIVATE=\"git.example.test/team/*\"", plain.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("type=secret", plain.Content, StringComparison.Ordinal);
        string download = Assert.Single(dockerfile.Instructions, instruction => instruction.Instruction.Contains("type=secret", StringComparison.Ordinal)).Instruction;
        Assert.Matches(@"--mount=type=secret,id=netrc,target=/\w+/\.netrc ", download);
        Assert.Contains("--mount=type=ssh", download, StringComparison.Ordinal);
        Assert.Matches(@"--mount=type=secret,id=known_hosts,target=/\w+/\.ssh/known_hosts ", download);
        Assert.Contains("GIT_CONFIG_KEY_0=url.ssh://git@git.example.test/.insteadOf GIT_CONFIG_VALUE_0=https://git.example.test/", download.Replace("'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.EndsWith("go mod download", download, StringComparison.Ordinal);
        Assert.Contains("--secret \"id=netrc,src=$HOME/.netrc\" --ssh default --secret \"id=known_hosts,src=$HOME/.ssh/known_hosts\"", dockerfile.BuildCommand, StringComparison.Ordinal);
        await Refused("ModuleCredentialWithoutModule", source with { PrivateModules = [], ModuleCredentials = [ModuleCredential.Netrc] });
        await Refused("PrivateModuleInvalid", source with { PrivateModules = ["*.example.test"], ModuleCredentials = [ModuleCredential.Ssh] });
        await Refused("PrivateModuleInvalid", source with { PrivateModules = ["x\nRUN id"] });
        await Refused("BuildPackageInvalid", source with { BuildPackages = ["x; id"] });

        async Task Refused(string error, SourceOptions wrong) =>
            Assert.Equal(error, (await Assert.ThrowsAsync<GoCrossException>(() => CreateAsync(wrong))).ErrorId);
    }

    [Fact]
    public async Task Packages_that_compiling_wants_are_installed_before_it()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");

        ScratchDockerfile dockerfile = await CreateAsync(Source(".") with { ProbeByBuilding = false, BuildPackages = ["protobuf-compiler", "libx-dev:arm64"] });

        string[] instructions = [.. dockerfile.Instructions.Select(instruction => instruction.Instruction)];
        int install = Array.FindIndex(instructions, instruction => instruction.Contains("apt-get install -y --no-install-recommends protobuf-compiler libx-dev:arm64", StringComparison.Ordinal));
        Assert.Contains("dpkg --add-architecture arm64", instructions[install], StringComparison.Ordinal);
        Assert.InRange(install, 0, Array.FindIndex(instructions, instruction => instruction.Contains("go build -", StringComparison.Ordinal)));
        Assert.DoesNotContain("apt-get", instructions[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_is_the_context_and_all_its_modules_are_mounted_for_the_download()
    {
        SourceFolder.Write(Directory.CreateDirectory(In("svc")).FullName, GoSources.Plain, "cmd/api");
        SourceFolder.Write(Directory.CreateDirectory(In("lib")).FullName, GoSources.Plain, "x");
        File.AppendAllText(In("lib/go.mod"), "\nrequire example.test/other v1.0.0\n");
        File.WriteAllText(In("lib/go.sum"), "");
        File.WriteAllText(In("go.work"), "go 1.22.1\n\nuse (\n\t./svc\n\t./lib\n)\n");

        ScratchDockerfile dockerfile = await CreateAsync(new SourceOptions { Folder = In("svc"), Package = "./cmd/api", ProbeByBuilding = false });

        Assert.Equal(_directory.Path, dockerfile.Context);
        Assert.Equal("./svc/cmd/api", dockerfile.Package);
        Assert.Equal(["modules", "build", null], dockerfile.Stages.Select(stage => stage.Name));
        Assert.Equal("golang:1.22", dockerfile.Stages[0].Base);
        Assert.Equal(
            ["go.work", "lib/go.mod", "lib/go.sum", "svc/go.mod"],
            dockerfile.Content.Split('\n').Where(line => line.Contains("--mount=type=bind,source=", StringComparison.Ordinal))
                .Select(line => line.Split("source=")[1].Split(',')[0]).Where(source => source != "."));
    }

    [ToolFact("node", Validator)]
    public async Task A_validator_of_Dockerfiles_has_nothing_to_say()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        File.AppendAllText(In("go.mod"), "\nrequire example.test/other v1.0.0\n");
        File.WriteAllText(In("go.sum"), "");
        var options = new ScratchOptions
        {
            Arguments = ["serve", "a b"],
            Ports = [80],
            Volumes = ["/data"],
            StopSignal = "SIGINT",
            HealthCheck = ["/program", "health"],
            HealthCheckInterval = TimeSpan.FromSeconds(30),
            Environment = new Dictionary<string, string> { ["A"] = "b \"c\" $d" },
            Labels = new Dictionary<string, string> { ["x"] = "y" },
        };
        SourceOptions source = Source(".") with { ProbeByBuilding = false };
        string digest = "sha256:" + new string('a', 64);
        List<string> texts =
        [
            (await CreateAsync(source, options)).Content,
            (await CreateAsync(source with { Strategy = BuildStrategy.Musl }, options)).Content,
            (await CreateAsync(source, options, new DockerfileOptions { SyntaxImage = ImageReference.Parse($"docker/dockerfile:1@{digest}"), Base = ImageBase.Distroless })).Content,
            (await CreateAsync(source with { GoImage = ImageReference.Parse($"golang@{digest}") }, options, new DockerfileOptions { Base = ImageBase.DebianSlim })).Content,
        ];
        Directory.CreateDirectory(In("vendor"));
        File.WriteAllText(In("vendor/modules.txt"), "");
        texts.Add((await CreateAsync(source, options)).Content);
        if (Tools.Find("go") is not null)
        {
            ScratchProgram[] programs =
            [
                .. new[] { "linux/amd64", "linux/arm/v6", "linux/arm/v7" }.Select(platform => ScratchProgram.Inspect(
                    GoSources.Build(GoSources.Plain, In(platform + "/program"), platform), CancellationToken.None)),
            ];
            texts.Add(ScratchDockerfileWriter.Create(programs, In("Dockerfile"), options).Content);
            texts.Add(ScratchDockerfileWriter.Create([programs[0]], In("Dockerfile"), options).Content);
        }

        Assert.All(texts, text => Assert.Equal("", Validate(text)));
        Assert.NotEqual("", Validate("FROM scratch\nCOPPY a b\n"));
    }

    [Fact]
    public async Task Options_are_instructions()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");

        ScratchDockerfile dockerfile = await CreateAsync(Source(".") with { ProbeByBuilding = false }, new ScratchOptions
        {
            Volumes = ["/data"],
            StopSignal = "SIGINT",
            HealthCheck = ["/program", "health"],
            HealthCheckInterval = TimeSpan.FromSeconds(30),
            HealthCheckTimeout = TimeSpan.FromMilliseconds(1500),
        });

        string[] lines = [.. dockerfile.Instructions.Select(instruction => instruction.Instruction)];
        Assert.Contains("VOLUME [\"/data\"]", lines);
        Assert.Contains("STOPSIGNAL SIGINT", lines);
        Assert.Contains("HEALTHCHECK --interval=30s --timeout=1.5s CMD [\"/program\",\"health\"]", lines);
        Assert.Contains("ADD rootfs/volumes.tar /", lines);
    }

    [Fact]
    public async Task Distroless_has_what_is_not_added_then()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");

        ScratchDockerfile dockerfile = await CreateAsync(
            Source(".") with { ProbeByBuilding = false }, more: new DockerfileOptions { Base = ImageBase.Distroless });

        Assert.Equal("gcr.io/distroless/static-debian12:nonroot", dockerfile.Base);
        Assert.DoesNotContain("ADD ", dockerfile.Content, StringComparison.Ordinal);
        Assert.All(dockerfile.NeedsMet, need => Assert.Equal(dockerfile.Base, need.MetBy));
    }

    [Fact]
    public async Task A_bake_file_has_all_platforms_and_each()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");

        ScratchDockerfile dockerfile = await CreateAsync(
            Source(".") with { ProbeByBuilding = false, Platforms = ["linux/arm/v7", "linux/amd64"] },
            more: new DockerfileOptions { BakePath = In("docker-bake.json"), References = [ImageReference.Parse("registry.example/team/api:1")] });
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);

        using var bake = JsonDocument.Parse(File.ReadAllText(In("docker-bake.json")));
        JsonElement targets = bake.RootElement.GetProperty("target");
        JsonElement all = targets.GetProperty("program");
        Assert.Equal(["linux/amd64", "linux/arm/v7"], all.GetProperty("platforms").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("registry.example/team/api:1", all.GetProperty("tags")[0].GetString());
        Assert.Equal("Dockerfile", all.GetProperty("dockerfile").GetString());
        Assert.Equal("program", bake.RootElement.GetProperty("group").GetProperty("default").GetProperty("targets")[0].GetString());
        Assert.Equal("program", targets.GetProperty("program-linux-arm-v7").GetProperty("inherits")[0].GetString());
        Assert.DoesNotContain(_directory.Path, File.ReadAllText(In("docker-bake.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        SourceFolder.Write(Directory.CreateDirectory(In("m")).FullName, GoSources.Plain, "cmd/api");
        var source = new SourceOptions { Folder = In("m"), Package = "./cmd/api", ProbeByBuilding = false };

        Assert.Equal("SourceStrategyUnsupported", await ErrorAsync(source with { Strategy = BuildStrategy.Glibc }));
        Assert.Equal("SourcePlatformUnsupported", await ErrorAsync(source with { Platforms = ["windows/amd64"] }));
        Assert.Equal("PlatformInvalid", await ErrorAsync(source with { Platforms = ["linux"] }));
        Assert.Equal("SourcePackageMany", await ErrorAsync(source with { Package = "./..." }));
        Assert.Equal("PackageFolderMissing", await ErrorAsync(source with { Package = "./none" }));
        Assert.Equal("PackageFolderMissing", await ErrorAsync(source with { Folder = In("none") }));
        Assert.Equal("PackageNoModule", await ErrorAsync(source with { Folder = _directory.Path }));
        Assert.Equal("SourcePackageOutside", await ErrorAsync(source with { Package = ".." }));
        Assert.Equal("SourceOutputOutside", (await Assert.ThrowsAsync<GoCrossException>(() => SourceDockerfileWriter.CreateAsync(
            source, In("Dockerfile"), new ScratchOptions(), new DockerfileOptions(), CancellationToken.None))).ErrorId);
        File.AppendAllText(In("m/go.mod"), "\nrequire example.test/lib v0.0.0\n\nreplace example.test/lib => ../lib\n");
        Assert.Equal("SourceOutsideContext", await ErrorAsync(source));

        async Task<string> ErrorAsync(SourceOptions wrong) => (await Assert.ThrowsAsync<GoCrossException>(() => CreateAsync(wrong))).ErrorId;
    }

    [ToolFact("go")]
    public async Task A_package_that_is_no_program_is_an_error_and_not_an_assumption()
    {
        SourceFolder.Write(_directory.Path, "package lib\n", ".");

        Assert.Equal("PackageNotMain", (await Assert.ThrowsAsync<GoCrossException>(() => CreateAsync("."))).ErrorId);
    }

    [ToolFact("git")]
    public async Task A_clone_that_borrows_objects_is_warned_of()
    {
        string origin = Directory.CreateDirectory(In("origin")).FullName;
        SourceFolder.Write(origin, GoSources.Plain, ".");
        SourceFolder.Commit(origin);
        Programs.Output("git", ["clone", "-q", "--shared", origin, In("clone")]);
        Programs.Output("git", ["clone", "-q", "--no-local", origin, In("whole")]);

        Assert.Contains((await Make("clone")).Warnings, Borrows);
        Assert.DoesNotContain((await Make("whole")).Warnings, Borrows);

        Task<ScratchDockerfile> Make(string name) => CreateAsync(new SourceOptions { Folder = In(name), ProbeByBuilding = false });
        bool Borrows(string warning) => warning.Contains("git repack -a -d", StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task What_GOFLAGS_has_here_and_the_Dockerfile_does_not_is_warned_of()
    {
        SourceFolder.Write(_directory.Path, GoSources.Plain, ".");
        BuildOptions With(string flags) => new() { Environment = new Dictionary<string, string> { ["GOFLAGS"] = flags } };

        Assert.Contains(
            (await CreateAsync(Source(".") with { Build = With("-mod=mod -tags=x -v") })).Warnings,
            warning => warning.StartsWith("GOFLAGS has -tags=x here", StringComparison.Ordinal));
        Assert.Empty((await CreateAsync(Source(".") with { Build = With("-mod=mod -v") })).Warnings);
    }

    [ToolFact("go", "gcc")]
    public async Task What_no_static_program_can_do_is_the_reason_why_there_is_no_Dockerfile()
    {
        SourceFolder.Write(
            _directory.Path,
            "package main\n\n// #cgo LDFLAGS: -ldl\n// #include <dlfcn.h>\nimport \"C\"\n\nfunc main() { println(C.dlopen(nil, C.RTLD_LAZY) != nil) }\n",
            ".");

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => CreateAsync("."));

        Assert.Equal("SourceNotStatic", failure.ErrorId);
        Assert.Contains("dlopen", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Invoke-GoCrossBuild", failure.Fix, StringComparison.Ordinal);
    }

    [ToolFact("git")]
    public async Task A_repository_that_is_not_in_the_context_is_warned_of()
    {
        string module = Directory.CreateDirectory(In("svc")).FullName;
        SourceFolder.Write(module, GoSources.Plain, ".");
        SourceFolder.Commit(_directory.Path);

        ScratchDockerfile dockerfile = await CreateAsync(new SourceOptions { Folder = module, ProbeByBuilding = false });

        Assert.Contains(dockerfile.Warnings, warning => warning.Contains($"The git repository {_directory.Path} is above", StringComparison.Ordinal));
    }

    private static string Validate(string text)
    {
        using var folder = new TemporaryDirectory();
        string file = Path.Combine(folder.Path, "Dockerfile");
        File.WriteAllText(file, text);
        return Programs.Output(
            "node",
            ["-e", "const v=require(process.argv[1]).validate(require('fs').readFileSync(process.argv[2],'utf8'));for(const d of v)console.log(d.range.start.line+1,d.message)", Tools.Require(Validator), file]);
    }

    private string In(string name) => Path.Combine(_directory.Path, name);

    private SourceOptions Source(string package) => new() { Folder = _directory.Path, Package = package };

    private Task<ScratchDockerfile> CreateAsync(string package) => CreateAsync(Source(package));

    private static Task<ScratchDockerfile> CreateAsync(
        SourceOptions source, ScratchOptions? options = null, DockerfileOptions? more = null)
    {
        string context = source.Folder;
        try
        {
            context = SourceDockerfileWriter.ContextOf(source.Folder);
        }
        catch (GoCrossException)
        {
            // The call below is to find the same.
        }

        return SourceDockerfileWriter.CreateAsync(
            source, Path.Combine(context, "Dockerfile"), options ?? new ScratchOptions(), more ?? new DockerfileOptions(), CancellationToken.None);
    }
}
