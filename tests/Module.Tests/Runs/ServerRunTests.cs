using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using GoCross.Runs;

namespace GoCross.Tests.Runs;

/// <summary>Servers: started, waited for, asked, and ended.</summary>
public sealed class ServerRunTests(Subject subject) : IClassFixture<Subject>
{
    private readonly int _port = FreePort();

    [ToolTheory("go", "qemu-aarch64-static")]
    [InlineData("amd64", "native")]
    [InlineData("arm64", "qemu-aarch64-static")]
    public async Task A_server_is_ready_by_port_by_URL_and_by_what_it_writes(string architecture, string runner)
    {
        string server = subject.ServerFor(architecture);

        RunOutcome byPort = await Run(server, new Readiness { Port = _port });
        RunOutcome byUrl = await Run(server, new Readiness { Url = Url("/health") });
        RunOutcome byOutput = await Run(server, new Readiness { Pattern = new Regex("^listening at .*[0-9]", RegexOptions.Multiline) });

        Assert.All([byPort, byUrl, byOutput], outcome =>
        {
            Assert.Null(outcome.Failure);
            Assert.True(outcome.Run.Success, outcome.Run.Reason);
            Assert.Equal(runner, outcome.Run.Runner);
            Assert.True(outcome.Run.ReadyTime > TimeSpan.Zero && outcome.Run.ReadyTime < outcome.Run.Duration);
            Assert.True(outcome.Run.StopTime > TimeSpan.Zero && outcome.Run.StopTime < outcome.Run.Duration);

            // Nothing handles the signal: it ends the program.
            Assert.Equal((null, "SIGTERM"), (outcome.Run.ExitCode, outcome.Run.Signal));
            Assert.InRange(outcome.Run.ReadyMemory!.Value, 1024 * 1024, outcome.Run.PeakMemory!.Value);
            AssertGone(outcome.Run);
        });
        Assert.Equal((200, "hello /health 127.0.0.1:" + _port + " 1"), (byUrl.Run.ResponseStatus, byUrl.Run.Response));
        Assert.Equal((null, null), (byPort.Run.ResponseStatus, byPort.Run.Response));
        Assert.Contains("port " + _port, byPort.Run.ReadyWhen, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task Time_to_ready_is_when_it_is_ready_and_not_when_it_listens_or_starts()
    {
        var slow = new Dictionary<string, string?> { ["DELAY"] = "300ms" };
        var warming = new Dictionary<string, string?> { ["WARM"] = "300ms" };

        RunOutcome late = await Run(subject.ServerFor(), new Readiness { Port = _port }, slow);
        RunOutcome warm = await Run(subject.ServerFor(), new Readiness { Url = Url("/") }, warming);
        RunOutcome listens = await Run(subject.ServerFor(), new Readiness { Port = _port }, warming);

        Assert.True(late.Run.ReadyTime >= TimeSpan.FromMilliseconds(300), late.Run.Reason);
        Assert.True(warm.Run.ReadyTime >= TimeSpan.FromMilliseconds(300), warm.Run.Reason);
        Assert.True(listens.Run.ReadyTime < warm.Run.ReadyTime, listens.Run.Reason);
        Assert.Equal(200, warm.Run.ResponseStatus);
    }

    [ToolFact("go")]
    public async Task A_server_that_ends_by_itself_at_the_signal_is_told_by_its_exit_code()
    {
        var shutdown = new Dictionary<string, string?> { ["STOP"] = "shutdown" };
        var failing = new Dictionary<string, string?> { ["STOP"] = "fail" };

        RunOutcome ended = await Run(subject.ServerFor(), new Readiness { Port = _port }, shutdown);
        RunOutcome other = await Run(
            subject.ServerFor(), new Readiness { Port = _port, StopSignal = ProcessSignal.TryParse("usr1")!.Value }, shutdown);
        RunOutcome failed = await Run(subject.ServerFor(), new Readiness { Port = _port }, failing);

        Assert.Equal((true, 0), (ended.Run.Success, ended.Run.ExitCode));
        Assert.Contains("got terminated", ended.Run.Output, StringComparison.Ordinal);
        Assert.Contains("got user defined signal 1", other.Run.Output, StringComparison.Ordinal);
        Assert.Equal(("RunWrongExitCode", 5), (failed.Failure!.ErrorId, failed.Run.ExitCode));
        Assert.Contains("cannot save", failed.Run.Reason, StringComparison.Ordinal);
    }

    [ToolTheory("go", "qemu-aarch64-static")]
    [InlineData("amd64")]
    [InlineData("arm64")] // under QEMU
    public async Task One_that_never_gets_ready_is_named_with_what_it_said_and_what_is_missing(string architecture)
    {
        RunOutcome elsewhere = await Run(subject.ServerFor(architecture), new Readiness { Port = FreePort() }, limit: architecture == "amd64" ? 1 : 3);
        RunOutcome unavailable = await Run(
            subject.ServerFor(architecture), new Readiness { Url = Url("/") }, new Dictionary<string, string?> { ["WARM"] = "1h" }, limit: architecture == "amd64" ? 1 : 3);
        RunOutcome silent = await Run(subject.ServerFor(architecture), new Readiness { Pattern = new Regex("ready!") }, limit: architecture == "amd64" ? 1 : 3);

        Assert.All([elsewhere, unavailable, silent], outcome =>
        {
            Assert.Equal("RunNotReady", outcome.Failure!.ErrorId);
            Assert.True(outcome.Run.TimedOut);
            Assert.Null(outcome.Run.ReadyTime);
            Assert.Contains("pid ", outcome.Run.Reason, StringComparison.Ordinal);
            AssertGone(outcome.Run);
        });
        Assert.Contains("nothing accepts connections", elsewhere.Run.Reason, StringComparison.Ordinal);
        Assert.Contains("503", unavailable.Run.Reason, StringComparison.Ordinal);
        Assert.Contains("ready!", silent.Run.Reason, StringComparison.Ordinal);
    }

    [ToolTheory("go", "qemu-aarch64-static")]
    [InlineData("amd64")]
    [InlineData("arm64")] // under QEMU
    public async Task One_that_ignores_its_stop_signal_is_killed_and_told(string architecture)
    {
        RunOutcome outcome = await Run(
            subject.ServerFor(architecture),
            new Readiness { Port = _port, StopTimeout = TimeSpan.FromSeconds(1) },
            new Dictionary<string, string?> { ["STOP"] = "ignore" });

        Assert.Equal("RunStopIgnored", outcome.Failure!.ErrorId);
        Assert.True(outcome.Run.ReadyTime > TimeSpan.Zero);
        Assert.Null(outcome.Run.StopTime);
        Assert.Contains("SIGTERM", outcome.Run.Reason, StringComparison.Ordinal);
        AssertGone(outcome.Run);
    }

    [ToolTheory("go", "qemu-aarch64-static")]
    [InlineData("amd64")]
    [InlineData("arm64")] // under QEMU
    public async Task One_that_dies_at_once_is_told_with_what_it_said(string architecture)
    {
        RunOutcome outcome = await Run(
            subject.ServerFor(architecture), new Readiness { Port = _port }, new Dictionary<string, string?> { ["DIE"] = "no configuration" });

        Assert.Equal(("RunServerEnded", 3), (outcome.Failure!.ErrorId, outcome.Run.ExitCode));
        Assert.Contains("no configuration", outcome.Run.Reason, StringComparison.Ordinal);
        Assert.True(outcome.Run.Duration < TimeSpan.FromSeconds(30));
    }

    [ToolFact("go")]
    public async Task A_port_that_is_taken_is_no_readiness()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();

        RunOutcome byPort = await Run(subject.ServerFor(), new Readiness { Port = _port });
        RunOutcome byUrl = await Run(subject.ServerFor(), new Readiness { Url = Url("/") });

        Assert.Equal(("RunPortTaken", "RunPortTaken"), (byPort.Failure!.ErrorId, byUrl.Failure!.ErrorId));
        Assert.Null(byPort.Run.Duration);
    }

    [ToolFact("go")]
    public async Task What_it_answers_can_be_what_is_expected()
    {
        BinaryRunner Runner(string pattern) => new(Options(new Readiness { Url = Url("/x") }, null, 60) with
        {
            ExpectedOutput = new Regex(pattern, RegexOptions.None, RunOptions.MatchLimit),
        });
        string server = subject.ServerFor();

        RunOutcome right = await Runner("^hello /x").RunAsync(Runner(".").Plan(server, default), default);
        RunOutcome wrong = await Runner("good bye").RunAsync(Runner(".").Plan(server, default), default);

        Assert.True(right.Run.Success, right.Run.Reason);
        Assert.Equal("RunUnexpectedOutput", wrong.Failure!.ErrorId);
    }

    [ToolFact("go")]
    public async Task Cancelled_while_it_is_waited_for_nothing_is_left()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var runner = new BinaryRunner(Options(new Readiness { Port = FreePort() }, null, 60));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => runner.RunAsync(runner.Plan(subject.ServerFor(), default), cancel.Token));

        using var again = new TcpListener(IPAddress.Loopback, _port);
        again.Start(); // It listened there.
    }

    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("term", 15)]
    [InlineData("15", 15)]
    [InlineData("SIGINT", 2)]
    [InlineData("usr2", 12)]
    [InlineData("64", 64)]
    public void Signals_have_the_numbers_of_signal_7(string text, int number) =>
        Assert.Equal(number, ProcessSignal.TryParse(text)!.Value.Number);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("SIGNONE")]
    public void What_is_no_signal_is_none(string text) => Assert.Null(ProcessSignal.TryParse(text));

    [Theory]
    [InlineData("panic: on purpose\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:3\n", "panic: on purpose")]
    [InlineData("loading\nfatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1:\n", "fatal error: all goroutines are asleep - deadlock!")]
    [InlineData("flag provided but not defined: -x\nUsage of api:\n  -port int\n    \tport (default 80)\n", "flag provided but not defined: -x")]
    [InlineData("2026/01/01 starting\n2026/01/01 cannot open a.db: no such file or directory\n", "2026/01/01 cannot open a.db: no such file or directory")]
    [InlineData("usage: api FILE\n  reads FILE\n", "usage: api FILE")]
    [InlineData("\n", null)]
    public void What_a_program_said_is_why_it_gave_up(string error, string? line) => Assert.Equal(line, ErrorLine.Of(error));

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Uri Url(string path) => new($"http://127.0.0.1:{_port}{path}");

    private async Task<RunOutcome> Run(
        string server, Readiness readiness, Dictionary<string, string?>? environment = null, int limit = 60)
    {
        var runner = new BinaryRunner(Options(readiness, environment, limit));
        return await runner.RunAsync(runner.Plan(server, default), default);
    }

    private RunOptions Options(Readiness readiness, Dictionary<string, string?>? environment, int limit) => new()
    {
        WorkingDirectory = Path.GetTempPath(),
        Arguments = ["127.0.0.1:" + _port.ToString(CultureInfo.InvariantCulture)],
        Environment = environment ?? [],
        Readiness = readiness,
        TimeLimit = TimeSpan.FromSeconds(limit),
    };

    private static void AssertGone(BinaryRun run)
    {
        int id = int.Parse(Regex.Match(run.Error, "pid ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }
}
