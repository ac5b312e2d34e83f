using System.Security.Cryptography.X509Certificates;
using GoCross.Files;
using GoCross.Processes;

namespace GoCross.Tests.Builds;

/// <summary>
/// Invoke-GoCrossBuild with containers, as a user calls it: in a pwsh of its own, which reaches the engines by its
/// environment and by contexts. The engines' own events say where go ran.
/// </summary>
[Collection(DockerDaemon.Collection)]
public sealed class ContainerCmdletTests(DockerDaemon docker) : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _home = new();
    private readonly GoWorkspace _workspace = new(
    [
        ("go.mod", "module example.com/x\n\ngo 1.21\n"),
        .. Enumerable.Range(1, 4).Select(i => ($"cmd/p{i}/main.go", $"package main\n\nfunc main() {{ println({i}) }}\n")),
        ("c/main.go", "package main\n\nimport \"C\"\n\nfunc main() { println(\"c\") }\n"),
    ]);

    public async Task InitializeAsync()
    {
        if (new GoImageFactAttribute().Skip is null)
        {
            await GoImage.RequireAsync(docker);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _workspace.Dispose();
        _home.Dispose();
    }

    [GoImageFact]
    public async Task Two_contexts_one_of_them_with_TLS_share_a_matrix()
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 server = certificates.IssueServer();
        using X509Certificate2 client = certificates.IssueClient();
        string files = Path.Combine(_home.Path, "files");
        certificates.Write(files, server, "server");
        certificates.Write(files, client, "cert");
        await using var far = new DockerDaemon(files);
        await GoImage.RequireAsync(far);
        await CreateContextAsync("near", $"host={await docker.GetEndpointAsync()}");
        await CreateContextAsync("far", $"host={far.TlsEndpoint},ca={files}/ca.pem,cert={files}/cert.pem,key={files}/key.pem");

        string said = await ShellAsync(
            $"Invoke-GoCrossBuild ./cmd/... -Strategy Static -Container {GoImage.Name} -DockerContext near, far -ThrottleLimit 1 | "
            + "ForEach-Object { \"$($_.Success) $($_.Name) $(& $_.Path 2>&1) $($_.Engine -replace '^.*context ')\" }");

        string[] lines = [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        Assert.Equal(["True p1 1", "True p2 2", "True p3 3", "True p4 4"], lines.Select(line => line[..line.LastIndexOf(' ')]));
        Assert.Equal(["far)", "near)"], lines.Select(line => line[(line.LastIndexOf(' ') + 1)..]).Distinct().Order(StringComparer.Ordinal));
        Assert.NotEqual(0, await GoBuildsAsync(docker));
        Assert.NotEqual(0, await GoBuildsAsync(far));
        await AssertNothingIsLeftAsync(docker);
        await AssertNothingIsLeftAsync(far);
    }

    [GoImageFact]
    public async Task What_has_no_compiler_with_musl_here_is_built_in_the_fallback_and_says_so()
    {
        // go itself wants uname; there is no compiler on this PATH.
        File.CreateSymbolicLink(Path.Combine(_home.Path, "uname"), Tools.Require("uname"));

        string said = await ShellAsync(
            $"Invoke-GoCrossBuild ./c, ./cmd/p1 -Strategy Musl -Compiler gcc -GoPath '{Path.GetDirectoryName(Tools.Require("go"))}' "
            + $"-FallbackContainer {GoImage.Name} -WarningVariable w -WarningAction SilentlyContinue | Select-Object -First 1 | "
            + "ForEach-Object { \"$($_.Success) $($_.Container) $($_.Compiler) $($_.FallbackReason)\"; \"$($w[0])\" }",
            path: _home.Path);

        Assert.StartsWith($"True {GoImage.Name} /usr/bin/musl-gcc There is no C compiler with musl for linux/amd64", said, StringComparison.Ordinal);
        Assert.Contains("It is built again in " + GoImage.Name, said, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(docker);
    }

    [GoImageFact]
    public async Task WhatIf_shows_the_image_the_engine_and_the_command_and_builds_nothing()
    {
        string said = await ShellAsync($"Invoke-GoCrossBuild ./cmd/p1 -Container {GoImage.Name} -WhatIf");

        Assert.Contains($"In {GoImage.Name} at {await docker.GetEndpointAsync()}", said, StringComparison.Ordinal);
        Assert.Contains("/bin/go build -C ", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_workspace.Source, "dist")));
        await AssertNothingIsLeftAsync(docker);
    }

    [GoImageFact]
    public async Task What_cannot_be_is_an_error_that_names_it()
    {
        Assert.StartsWith("AmbiguousParameterSet", await FailureAsync("-DockerContext default"), StringComparison.Ordinal);
        Assert.StartsWith("AmbiguousParameterSet", await FailureAsync("-Container a -FallbackContainer b"), StringComparison.Ordinal);
        Assert.StartsWith("EngineContextNotFound", await FailureAsync("-Container a -DockerContext nowhere"), StringComparison.Ordinal);
        Assert.StartsWith("ImageNotInEngine", await FailureAsync("-Container gocross-test/none:1 -WhatIf"), StringComparison.Ordinal);
    }

    [GoImageFact]
    public async Task An_interrupt_in_the_midst_of_a_build_leaves_no_container()
    {
        // GOFLAGS=-v names a package when it is compiled; then pwsh, which is $PPID of its child, interrupts itself.
        string script = $"Invoke-GoCrossBuild ./slow -Container {GoImage.Name} -Verbose 4>&1 | ForEach-Object {{ if (\"$_\" -match '\\] (internal|unicode|math|errors)') {{ & /bin/sh -c 'kill -INT $PPID' }} }}";
        _workspace.Write("slow/main.go", "package main\n\nimport \"net/http\"\n\nfunc main() { http.ListenAndServe(\"\", nil) }\n");

        PowerShellResult result = await RunShellAsync(script, new Dictionary<string, string?> { ["GOFLAGS"] = "-v" });

        Assert.NotEqual(0, result.ExitCode);
        Assert.Empty(Directory.Exists(Path.Combine(_workspace.Source, "dist")) ? Directory.GetFileSystemEntries(Path.Combine(_workspace.Source, "dist")) : []);
        await AssertNothingIsLeftAsync(docker);
    }

    private static async Task AssertNothingIsLeftAsync(DockerDaemon daemon) =>
        Assert.Empty(await daemon.RunAsync("ps", "--all", "--quiet", "--filter", "label=gocross"));

    private static async Task<int> GoBuildsAsync(DockerDaemon daemon) => (await daemon.RunAsync(
        "events", "--since", "1h", "--until", DateTimeOffset.UtcNow.AddSeconds(1).ToString("o"),
        "--filter", "label=gocross=go build", "--format", "{{.Action}}"))
        .Split('\n')
        .Count(line => line.StartsWith("exec_start: ", StringComparison.Ordinal) && line.Contains("/bin/go build ", StringComparison.Ordinal));

    private async Task CreateContextAsync(string name, string endpoint)
    {
        ProcessResult result = await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = Tools.Require("docker"),
                Arguments = ["context", "create", name, "--docker", endpoint],
                WorkingDirectory = "/",
                Environment = new Dictionary<string, string?> { ["DOCKER_CONFIG"] = _home.Path },
            },
            CancellationToken.None);
        Assert.True(result.ExitCode == 0, result.StandardError);
    }

    private Task<string> FailureAsync(string parameters) => ShellAsync(
        $"try {{ Invoke-GoCrossBuild ./cmd/p1 {parameters} }} catch {{ $_.FullyQualifiedErrorId }}");

    private async Task<string> ShellAsync(string script, string? path = null)
    {
        PowerShellResult result = await RunShellAsync(
            script, path is null ? [] : new Dictionary<string, string?> { ["PATH"] = path });
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result.Output;
    }

    private async Task<PowerShellResult> RunShellAsync(string script, Dictionary<string, string?> environment)
    {
        environment["DOCKER_HOST"] = await docker.GetEndpointAsync();
        environment["DOCKER_CONFIG"] = _home.Path;
        return PowerShellProcess.Run(script, _workspace.Source, environment);
    }
}
