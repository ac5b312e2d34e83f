using System.Text.RegularExpressions;
using GoCross.ContainerEngines;
using GoCross.Isolated;
using GoCross.Runs;
using GoCross.Tests.Elf;

namespace GoCross.Tests.Runs;

/// <summary>Programs in containers of a real engine. The image holds nothing.</summary>
[Collection(DockerDaemon.Collection)]
public sealed class ContainerRunTests(DockerDaemon docker, Subject subject, BuiltPrograms programs)
    : IClassFixture<Subject>, IClassFixture<BuiltPrograms>
{
    private const string Image = "gocross-test/nothing:1";

    private static readonly RunOptions Default = new() { WorkingDirectory = string.Empty };
    private static readonly Regex Listening = new("^listening at", RegexOptions.Multiline);

    [DockerFact("go", "tar")]
    public async Task A_program_runs_in_an_image_that_holds_nothing()
    {
        RunOutcome echo = await Run(subject.For(), Default with { Arguments = ["echo", "a b", "ü"] });
        RunOutcome look = await Run(subject.For(), new RunOptions
        {
            Arguments = ["look"],
            WorkingDirectory = "/gocross",
            Environment = new Dictionary<string, string?> { ["SUBJECT"] = "set" },
        });

        Assert.Null(echo.Failure);
        Assert.Equal("a b|ü\n", echo.Run.Output);
        Assert.Equal(("container", Image), (echo.Run.Runner, echo.Run.RunnerPath));
        Assert.True(echo.Run.StartupTime > TimeSpan.Zero && echo.Run.StartupTime <= echo.Run.Duration);
        Assert.StartsWith("/gocross set ", look.Run.Output, StringComparison.Ordinal);
        await AssertNothingIsLeft();
    }

    [DockerFact("go", "tar")]
    public async Task Exit_codes_signals_and_both_streams_come_back()
    {
        RunOutcome exit = await Run(subject.For(), Default with { Arguments = ["exit", "7"] });
        RunOutcome killed = await Run(subject.For(), Default with { Arguments = ["panic"] });
        RunOutcome flood = await Run(subject.For(), Default with { Arguments = ["flood", "100"] });

        Assert.Equal(7, exit.Run.ExitCode);
        Assert.Equal("leaving\n", exit.Run.Error);
        Assert.Equal("RunWrongExitCode", exit.Failure!.ErrorId);
        Assert.Equal(2, killed.Run.ExitCode);
        Assert.Contains("on purpose", killed.Run.Error, StringComparison.Ordinal);
        Assert.Equal(100 * 65536L, flood.Run.OutputLength);
        await AssertNothingIsLeft();
    }

    [DockerFact("go", "tar")]
    public async Task At_the_time_limit_and_when_it_is_cancelled_the_container_is_gone()
    {
        RunOutcome outcome = await Run(subject.For(), Default with { Arguments = ["sleep"], TimeLimit = TimeSpan.FromSeconds(5) });

        Assert.Equal("RunTimedOut", outcome.Failure!.ErrorId);
        Assert.StartsWith("ready ", outcome.Run.Output, StringComparison.Ordinal);
        await AssertNothingIsLeft();

        using var cancel = new CancellationTokenSource();
        Task<RunOutcome> run = Run(subject.For(), Default with { Arguments = ["sleep"] }, cancel.Token);
        while ((await docker.RunAsync("ps", "--quiet", "--filter", "label=gocross=test")).Length == 0)
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await AssertNothingIsLeft();
    }

    [DockerFact("gcc", "go", "tar")]
    [Trait("Engine", "Any")]
    public async Task What_does_not_start_there_is_explained()
    {
        RunOutcome dynamic = await Run(programs.C("gcc", "hello.c"), Default);
        RunOutcome foreign = await Run(subject.Idle("linux", "s390x"), Default);
        RunOutcome windows = await Run(subject.Idle("windows", "amd64"), Default);

        Assert.Equal("RunFilesMissing", dynamic.Failure!.ErrorId);
        Assert.Contains("ld-linux", dynamic.Run.Reason, StringComparison.Ordinal);
        Assert.Contains(Image, dynamic.Run.Reason, StringComparison.Ordinal);
        Assert.Equal("RunOtherSystem", foreign.Failure!.ErrorId);
        Assert.Contains("linux/s390x", foreign.Run.Reason, StringComparison.Ordinal);
        Assert.Equal("RunOtherSystem", windows.Failure!.ErrorId);
        await AssertNothingIsLeft();
    }

    [DockerFact("go", "tar")]
    public async Task A_server_in_a_container_is_ready_by_port_by_URL_and_by_what_it_writes()
    {
        // The engine has no network for its containers: they have their own loopback, as with --network none.
        RunOptions serve = Default with { Arguments = ["127.0.0.1:8080"] };
        string server = subject.ServerFor();

        RunOutcome byPort = await Run(server, serve with { Readiness = new Readiness { Port = 8080 } });
        RunOutcome byUrl = await Run(server, serve with { Readiness = new Readiness { Url = new Uri("http://localhost:8080/x") } });
        RunOutcome byOutput = await Run(server, serve with { Readiness = new Readiness { Pattern = Listening } });

        Assert.All([byPort, byUrl, byOutput], outcome =>
        {
            Assert.True(outcome.Run.Success, outcome.Run.Reason);
            Assert.Equal("container", outcome.Run.Runner);
            Assert.True(outcome.Run.ReadyTime > TimeSpan.Zero && outcome.Run.ReadyTime < outcome.Run.Duration);
            Assert.NotNull(outcome.Run.StopTime);
            Assert.InRange(outcome.Run.ReadyMemory!.Value, 1024 * 1024, outcome.Run.PeakMemory!.Value);
        });
        Assert.Equal((200, "hello /x localhost:8080 1"), (byUrl.Run.ResponseStatus, byUrl.Run.Response));
        await AssertNothingIsLeft();
    }

    [DockerFact("go", "tar")]
    public async Task Servers_in_containers_that_do_not_behave_are_told()
    {
        RunOptions serve = Default with
        {
            Arguments = ["127.0.0.1:8080"],
            Readiness = new Readiness { Pattern = Listening, StopTimeout = TimeSpan.FromSeconds(1) },
        };
        RunOutcome With(string name, string value, RunOptions options) => Run(
            subject.ServerFor(), options with { Environment = new Dictionary<string, string?> { [name] = value } }).GetAwaiter().GetResult();

        RunOutcome late = With("DELAY", "1h", serve with { TimeLimit = TimeSpan.FromSeconds(20) });
        RunOutcome deaf = With("STOP", "ignore", serve);
        RunOutcome dead = With("DIE", "no configuration", serve);
        RunOutcome failed = With("STOP", "fail", serve);

        Assert.Equal("RunNotReady", late.Failure!.ErrorId);
        Assert.Contains("pid 1", late.Run.Reason, StringComparison.Ordinal);
        Assert.Equal("RunStopIgnored", deaf.Failure!.ErrorId);
        Assert.Equal(("RunServerEnded", 3), (dead.Failure!.ErrorId, dead.Run.ExitCode));
        Assert.Contains("no configuration", dead.Run.Reason, StringComparison.Ordinal);
        Assert.Equal(("RunWrongExitCode", 5), (failed.Failure!.ErrorId, failed.Run.ExitCode));
        await AssertNothingIsLeft();
    }

    [DockerFact("go", "tar")]
    public async Task An_image_that_is_not_there_is_an_error_of_the_run()
    {
        using IContainerEngine engine = await ConnectAsync();
        var runner = new BinaryRunner(Default, new ProgramContainer(engine, "gocross-test/nowhere:1"));

        RunOutcome outcome = await runner.RunAsync(
            runner.Plan(subject.Idle("linux", "amd64"), CancellationToken.None), CancellationToken.None);

        Assert.Equal("ImageNotInEngine", outcome.Failure!.ErrorId);
        Assert.False(outcome.Run.Success);
    }

    private async Task<RunOutcome> Run(string program, RunOptions options, CancellationToken cancellation = default)
    {
        using IContainerEngine engine = await ConnectAsync();
        if ((await docker.TryRunAsync("image", "inspect", Image)).ExitCode != 0)
        {
            string empty = Path.Combine(subject.Folder, "empty.tar");
            Programs.Output("tar", ["-cf", empty, "--files-from", "/dev/null"]);
            await docker.RunAsync("import", empty, Image);
        }

        var runner = new BinaryRunner(options, new ProgramContainer(engine, Image));
        return await runner.RunAsync(runner.Plan(program, cancellation), cancellation);
    }

    private async Task<IContainerEngine> ConnectAsync() =>
        new IsolatedLibraries().Connect(new EngineEndpoint { Address = await docker.GetEndpointAsync() });

    private async Task AssertNothingIsLeft() =>
        Assert.Equal("", await docker.RunAsync("ps", "--all", "--quiet", "--filter", "label=gocross=test"));
}
