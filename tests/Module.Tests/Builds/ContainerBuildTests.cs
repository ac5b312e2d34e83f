using System.Globalization;
using System.Net.Sockets;
using GoCross.Builds;
using GoCross.ContainerEngines;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Isolated;
using GoCross.Processes;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>
/// Builds in containers of a real engine. Whether go really ran there is what the engine's own events say; what came of it
/// is what the programs and go version -m say.
/// </summary>
[Collection(DockerDaemon.Collection)]
public sealed class ContainerBuildTests(DockerDaemon docker) : IAsyncLifetime
{
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    private long _started;

    public async Task InitializeAsync()
    {
        if (new GoImageFactAttribute().Skip is null)
        {
            await GoImage.RequireAsync(docker);
            _started = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [GoImageFact]
    public async Task C_is_compiled_there_in_every_strategy_and_runs_here()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("c.go", "package main\n\n// #include <stdio.h>\n// static void say(void) {\n// #ifdef __GLIBC__\n// puts(\"glibc\");\n// #else\n// puts(\"another\");\n// #endif\n// fflush(stdout); }\nimport \"C\"\n\nfunc main() { C.say() }\n"),
            ("go.go", "//go:build !cgo\n\npackage main\n\nimport \"syscall\"\n\nfunc main() { syscall.Write(1, []byte(\"none\\n\")) }\n"));

        GoBuild[] builds = await BuildAsync(workspace, [BuildStrategy.Static, BuildStrategy.Musl, BuildStrategy.Glibc]);

        Assert.All(builds, build => Assert.True(build.Success, build.Error));
        Assert.Equal(["none\n", "another\n", "glibc\n"], builds.Select(build => Programs.Output(build.Path!, [])));
        Assert.Equal([null, "/usr/bin/musl-gcc", "/usr/bin/gcc"], builds.Select(build => build.Compiler));
        Assert.Equal([ElfLinkage.Static, ElfLinkage.Static, ElfLinkage.Dynamic], builds.Select(build => build.Linkage));
        Assert.All(builds, build => Assert.Equal(GoImage.Name, build.Container));
        Assert.Equal(3, await GoBuildsAsync());
        await AssertNothingIsLeftAsync();
    }

    [GoImageFact]
    public async Task Links_embedded_files_modes_and_the_revision_of_git_arrive()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\nimport _ \"embed\"\n\n//go:embed data/real.txt\nvar text string\n\nfunc main() { print(text) }\n"),
            ("data/real.txt", "embedded\n"),
            ("tool.sh", "#!/bin/sh\n"));
        File.Move(Path.Combine(workspace.Source, "main.go"), Path.Combine(workspace.Source, "real_main.txt"));
        File.CreateSymbolicLink(Path.Combine(workspace.Source, "main.go"), "real_main.txt");
        Programs.Output("chmod", ["755", "tool.sh"], workspace.Source);
        Git(workspace, "init", "--quiet");
        Git(workspace, "add", "--all");
        Git(workspace, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "one");
        Programs.Output("chown", ["--recursive", "1234:1234", "."], workspace.Source);

        GoBuild build = Assert.Single(await BuildAsync(workspace, [BuildStrategy.Static]));

        Assert.True(build.Success, build.Error);
        Assert.Equal("embedded\n", Programs.Run(build.Path!, []).StandardError);
        string info = Programs.Output("go", ["version", "-m", build.Path!]);
        Programs.Output("chown", ["--recursive", "0:0", "."], workspace.Source);
        Assert.Contains("vcs.revision=" + Git(workspace, "rev-parse", "HEAD").Trim(), info, StringComparison.Ordinal);
        Assert.Contains("vcs.modified=false", info, StringComparison.Ordinal);
    }

    [GoImageFact]
    public async Task A_workspace_goes_with_its_modules_and_what_replaces_others()
    {
        using var workspace = new GoWorkspace(
            ("go.work", "go 1.21\n\nuse (\n\t./app // the program\n\t\"../lib\"\n)\n"),
            ("app/go.mod", "module example.com/app\n\ngo 1.21\n\nrequire example.com/far v1.0.0\n\nreplace example.com/far v1.0.0 => ../../elsewhere/far\n"),
            ("app/main.go", "package main\n\nimport (\n\t\"example.com/far\"\n\t\"example.com/lib\"\n)\n\nfunc main() { println(lib.Text, far.Text) }\n"),
            ("../lib/go.mod", "module example.com/lib\n\ngo 1.21\n"),
            ("../lib/lib.go", "package lib\n\nconst Text = \"lib\"\n"),
            ("../elsewhere/far/go.mod", "module example.com/far\n\ngo 1.21\n"),
            ("../elsewhere/far/far.go", "package far\n\nconst Text = \"far\"\n"));

        GoBuild build = Assert.Single(await BuildAsync(workspace, [BuildStrategy.Static], package: "./app"));

        Assert.True(build.Success, build.Error);
        Assert.Equal("lib far\n", Programs.Run(build.Path!, []).StandardError);
    }

    [GoImageFact]
    public async Task A_file_that_a_build_needs_is_put_into_its_folder_and_goes_away_with_it()
    {
        await using ContainerGoHost host = await ContainerGoHost.StartAsync(
            await ConnectAsync(docker), new ContainerHostOptions { Image = GoImage.Name, Variable = _ => null }, CancellationToken.None);
        string file;
        await using (IGoWorkFolder work = await host.CreateWorkFolderAsync("/nowhere", false, CancellationToken.None))
        {
            file = await work.AddFileAsync("overlay.json", "{ \"ü\": 1 }", CancellationToken.None);
            Assert.Equal("{ \"ü\": 1 }\n", (await RunAsync("cat", file)).StandardOutput);
        }

        Assert.NotEqual(0, (await RunAsync("cat", file)).ExitCode);

        // A variable that is taken out of the environment is not there, and not empty.
        Assert.Equal(0, (await RunAsync("printenv", "GOTOOLCHAIN")).ExitCode);
        Assert.Equal(1, (await RunAsync("printenv", "GOTOOLCHAIN", new Dictionary<string, string?> { ["GOTOOLCHAIN"] = null })).ExitCode);

        Task<ProcessResult> RunAsync(string program, string argument, Dictionary<string, string?>? environment = null) => host.RunAsync(
            new ProcessRequest { FileName = program, Arguments = [argument], WorkingDirectory = "/", Environment = environment ?? [] },
            CancellationToken.None);
    }

    [GoImageFact]
    public async Task Credentials_for_private_modules_are_in_the_container_and_in_no_variable()
    {
        using var home = new TemporaryDirectory();
        string agent = Path.Combine(home.Path, "a:colon", "agent");
        Directory.CreateDirectory(Path.GetDirectoryName(agent)!);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(agent));
        Directory.CreateDirectory(Path.Combine(home.Path, ".ssh"));
        File.WriteAllText(Path.Combine(home.Path, ".ssh", "known_hosts"), "git.example.test ssh-ed25519 AAAA\n");
        File.WriteAllText(Path.Combine(home.Path, ".netrc"), "machine git.example.test login u password hunter2\n");
        var variables = new Dictionary<string, string> { ["HOME"] = home.Path, ["SSH_AUTH_SOCK"] = agent, ["GOPRIVATE"] = "git.example.test/team/*" };
        var options = new ContainerHostOptions
        {
            Image = GoImage.Name,
            Variable = name => variables.GetValueOrDefault(name),
            Credentials = [ModuleCredential.Netrc, ModuleCredential.Ssh],
        };
        await using (ContainerGoHost host = await ContainerGoHost.StartAsync(await ConnectAsync(docker), options, CancellationToken.None))
        {
            Assert.Contains("hunter2", await SayAsync(host, "cat \"$NETRC\""), StringComparison.Ordinal);
            Assert.Contains("hunter2", await SayAsync(host, "cat ~/.netrc"), StringComparison.Ordinal);
            Assert.Equal("600\n700", await SayAsync(host, "stat -c %a \"$NETRC\" \"$(dirname \"$NETRC\")\""));
            Assert.Contains(
                "git.example.test",
                await SayAsync(host, "cat \"${GIT_SSH_COMMAND##*UserKnownHostsFile=}\""), StringComparison.Ordinal);
            Assert.Equal("socket", await SayAsync(host, "stat -c %F \"$SSH_AUTH_SOCK\""));
            Assert.Equal("ssh://git@git.example.test/team/lib", await SayAsync(host, "git ls-remote --get-url https://git.example.test/team/lib"));
            Assert.DoesNotContain("hunter2", await SayAsync(host, "env"), StringComparison.Ordinal);
        }

        File.Delete(Path.Combine(home.Path, ".netrc"));
        GoCrossException missing = await Assert.ThrowsAsync<GoCrossException>(
            async () => await ContainerGoHost.StartAsync(await ConnectAsync(docker), options, CancellationToken.None));
        Assert.Equal("ModuleCredentialMissing", missing.ErrorId);

        static async Task<string> SayAsync(ContainerGoHost host, string command) => (await host.RunAsync(
            new ProcessRequest { FileName = "sh", Arguments = ["-c", command], WorkingDirectory = "/" }, CancellationToken.None)).StandardOutput.Trim();
    }

    [GoImageFact]
    public async Task An_error_of_the_compiler_names_the_file_of_this_machine()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() { nothing() }\n"));

        GoBuild build = Assert.Single(await BuildAsync(workspace, [BuildStrategy.Static]));

        Assert.Equal("BuildFailed", build.ErrorId);
        BuildDiagnostic diagnostic = Assert.Single(build.Diagnostics);
        Assert.Equal((Path.Combine(workspace.Source, "main.go"), 3, "undefined: nothing"), (diagnostic.File, diagnostic.Line, diagnostic.Message));
        Assert.False(Directory.Exists(workspace.Output) && Directory.EnumerateFileSystemEntries(workspace.Output).Any());
    }

    [GoImageFact]
    public async Task What_cannot_be_is_an_error_that_says_why_and_leaves_nothing()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));

        Assert.Contains("no-go", (await FailsAsync("ContainerWithoutGo", workspace, await ShellImageAsync())).Message, StringComparison.Ordinal);
        await FailsAsync("ContainerGoPathInvalid", workspace, goPath: "/opt/go");
        await FailsAsync("ImagePullFailed", workspace, "127.0.0.1:1/none:1");
        await FailsAsync("ContainerVariableSecret", workspace, variable: name => name == "GOPROXY" ? "https://sam:secret@proxy.example,direct" : null);
        GoBuild build = Assert.Single(await BuildAsync(workspace, [BuildStrategy.Musl], target: "linux/s390x"));
        Assert.Equal("ContainerCompilerMissing", build.ErrorId);
        Assert.Contains("s390x-linux-musl-gcc", build.Error, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync();
    }

    [GoImageFact]
    public async Task A_cancelled_build_leaves_no_container_and_no_file()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println() }\n"));
        using var stop = new CancellationTokenSource();

        // -v names each package when its compilation is done: the first is far from the end.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildAsync(
            workspace, [BuildStrategy.Static], onLine: _ => stop.Cancel(), variable: name => name == "GOFLAGS" ? "-v" : null, cancellation: stop.Token));

        await AssertNothingIsLeftAsync();
        Assert.False(Directory.Exists(workspace.Output));
    }

    [GoImageFact]
    public async Task An_engine_that_dies_in_the_midst_gives_its_builds_to_another()
    {
        await using var mortal = new DockerDaemon();
        await GoImage.RequireAsync(mortal);
        using var workspace = new GoWorkspace([("go.mod", Module), .. Enumerable.Range(1, 8).Select(i => ($"cmd/p{i}/main.go", $"package main\n\nfunc main() {{ println({i}) }}\n"))]);
        List<GoCrossException> lost = [];
        int killed = 0;

        GoBuild[] builds = await BuildAsync(
            workspace,
            [BuildStrategy.Static],
            package: "./...",
            engines: [await ConnectAsync(docker), await ConnectAsync(mortal)],
            variable: name => name == "GOFLAGS" ? "-v" : null,
            onLost: lost.Add,
            onBuildLine: (build, line) =>
            {
                if (Interlocked.Exchange(ref killed, 1) == 0)
                {
                    mortal.Kill();
                }
            });

        Assert.Equal(8, builds.Length);
        Assert.All(builds, build => Assert.True(build.Success, build.Error));
        Assert.Equal("EngineUnreachable", Assert.Single(lost).ErrorId);
        Assert.Single(builds.Select(build => build.Engine).Distinct());
        await AssertNothingIsLeftAsync();
    }

    private static async Task<IContainerEngine> ConnectAsync(DockerDaemon daemon) =>
        new IsolatedLibraries().Connect(new EngineEndpoint { Address = await daemon.GetEndpointAsync() });

    private static string Git(GoWorkspace workspace, params string[] arguments) => Programs.Output("git", arguments, workspace.Source);

    private async Task<string> ShellImageAsync()
    {
        const string Name = "gocross-test/no-go:1";
        using var folder = new GoCross.Files.TemporaryDirectory();
        string root = Path.Combine(folder.Path, "root.tar");
        InstalledPackages.WriteRoot(root, "coreutils", "dash");
        await docker.RunAsync("import", root, Name);
        return Name;
    }

    private async Task<GoCrossException> FailsAsync(
        string errorId, GoWorkspace workspace, string image = GoImage.Name, string? goPath = null, Func<string, string?>? variable = null)
    {
        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => BuildAsync(
            workspace, [BuildStrategy.Static], image: image, goPath: goPath, variable: variable));
        Assert.True(failure.ErrorId == errorId, $"{failure.ErrorId}: {failure}");
        return failure;
    }

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(await docker.RunAsync("ps", "--all", "--quiet", "--filter", "label=gocross"));
        Assert.Empty(await docker.RunAsync("volume", "ls", "--quiet"));
    }

    /// <summary>How many go builds the engine has run since the test began.</summary>
    private async Task<int> GoBuildsAsync()
    {
        string events = await docker.RunAsync(
            "events", "--since", _started.ToString(CultureInfo.InvariantCulture),
            "--until", (DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture),
            "--filter", "label=gocross=go build", "--format", "{{.Action}}");
        return events.Split('\n').Count(line => line.StartsWith("exec_start: ", StringComparison.Ordinal) && line.Contains("/bin/go build ", StringComparison.Ordinal));
    }

    private async Task<GoBuild[]> BuildAsync(
        GoWorkspace workspace,
        BuildStrategy[] strategies,
        string target = "linux/amd64",
        string package = ".",
        string image = GoImage.Name,
        string? goPath = null,
        Func<string, string?>? variable = null,
        Action<string>? onLine = null,
        Action<BuildRequest, string>? onBuildLine = null,
        IContainerEngine[]? engines = null,
        Action<GoCrossException>? onLost = null,
        CancellationToken cancellation = default)
    {
        await using ContainerFleet fleet = await ContainerFleet.StartAsync(
            engines ?? [await ConnectAsync(docker)],
            new ContainerHostOptions { Image = image, GoPath = goPath, Variable = variable ?? (_ => null) },
            onLost ?? (failure => Assert.Fail(failure.ToString())),
            cancellation);
        var options = new BuildOptions();
        PackageReference reference = PackageReference.Create(package, workspace.Source);
        GoToolchain toolchain = await fleet.PrepareAsync(reference.WorkingDirectory, cancellation);
        OutputTemplate output = OutputTemplate.Create(workspace.Output, OutputTemplate.DefaultFileName);
        IReadOnlyList<BuildRequest> matches = await GoPackages.ResolveAsync(
            toolchain, reference, BuildMatrix.Create([target], strategies, toolchain, options).Cells, options, output, cancellation);
        IReadOnlyList<BuildRequest> plan = BuildPlan.Create(matches, output);
        var builder = new ContainerBuilder(fleet, options, plan.Count, null, []);
        return [.. (await Task.WhenAll(plan.Select(build => builder.BuildAsync(
            [build], line => { onLine?.Invoke(line); onBuildLine?.Invoke(build, line); }, cancellation)))).Select(outcomes => outcomes[0].Build)];
    }
}
