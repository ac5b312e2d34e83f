using GoCross.Errors;
using GoCross.Files;
using GoCross.Runs;
using GoCross.Strategies;
using GoCross.Tests.Runs;

namespace GoCross.Tests.Strategies;

public sealed class StartMeasurementTests
{
    [Fact]
    public void Median_and_quartiles_are_those_of_R()
    {
        // quantile(c(1, 2, 4, 8, 16, 32), c(.25, .5, .75)) gives 2.5, 6 and 14.
        StartMeasurement measured = Of(32, 1, 16, 2, 8, 4);

        Assert.Equal(6, measured.Runs);
        Assert.Equal(6, measured.Median.TotalMilliseconds);
        Assert.Equal(1, measured.Minimum.TotalMilliseconds);
        Assert.Equal(11.5, measured.InterquartileRange.TotalMilliseconds);
    }

    [Fact]
    public void A_difference_within_the_spread_is_none()
    {
        // The middle half of 10 to 14 is 2 wide.
        StartMeasurement wide = Of(10, 11, 12, 13, 14);

        Assert.Null(Of(14, 14, 14).SlowerThan(wide));
        Assert.Null(wide.SlowerThan(Of(14, 14, 14)));
        Assert.Equal(3, Of(15, 15, 15).SlowerThan(wide)!.Value.TotalMilliseconds);
        Assert.Equal(-3, wide.SlowerThan(Of(15, 15, 15))!.Value.TotalMilliseconds);
    }

    [ToolFact("sleep")]
    public async Task A_program_that_ends_is_timed_to_its_end()
    {
        var meter = Meter(["0.2"]);

        StartSample sample = await meter.RunAsync(Tools.Require("sleep"), CancellationToken.None);

        Assert.InRange(sample.Time.TotalMilliseconds, 200, 5000);
        Assert.Equal("exit", meter.Notion);
    }

    [ToolFact("false")]
    public async Task A_program_that_fails_is_told()
    {
        GoCrossException error = await Assert.ThrowsAsync<GoCrossException>(
            () => Meter([]).RunAsync(Tools.Require("false"), CancellationToken.None));

        Assert.Equal("StartFailed", error.ErrorId);
    }

    [ToolFact("sh")]
    public async Task Starts_go_by_the_options_of_a_run()
    {
        using var folder = new TemporaryDirectory();
        var options = new RunOptions
        {
            Arguments = ["-c", "pwd > here; exit 7"],
            ExpectedExitCodes = [7],
            WorkingDirectory = folder.Path,
        };

        await new StartMeter(options).RunAsync(Tools.Require("sh"), CancellationToken.None);
        Assert.Equal(folder.Path, File.ReadAllText(Path.Combine(folder.Path, "here")).Trim());

        var late = new StartMeter(options with { Arguments = ["-c", "sleep 60"], TimeLimit = TimeSpan.FromSeconds(0.5) });
        GoCrossException error = await Assert.ThrowsAsync<GoCrossException>(() => late.RunAsync(Tools.Require("sh"), CancellationToken.None));
        Assert.Equal("StartTimedOut", error.ErrorId);
        Assert.Contains("0.5", error.Message, StringComparison.Ordinal);
    }

    [ToolFact("python3")]
    public async Task A_server_is_timed_until_it_listens_and_killed_then()
    {
        int port = ServerRunTests.FreePort();
        string[] arguments =
        [
            "-c",
            $"import os,socket,time; time.sleep(0.3); s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); "
            + $"s.bind(('127.0.0.1',{port})); s.listen(); time.sleep(60)",
        ];
        var meter = Meter(arguments, new Readiness { Port = port });

        for (int i = 0; i < 2; i++)
        {
            StartSample sample = await meter.RunAsync(Tools.Require("python3"), CancellationToken.None);

            // Its sleep is not a processor's time, and its memory is what an interpreter takes.
            Assert.InRange(sample.Time.TotalMilliseconds, 300, 10_000);
            Assert.InRange(sample.ProcessorTime!.Value, TimeSpan.FromTicks(1), sample.Time);
            Assert.InRange(sample.PeakMemory!.Value, 3_000_000, 100_000_000);
            Assert.InRange(sample.PrivateMemory!.Value, 100_000, sample.PeakMemory.Value);
        }
    }

    [ToolFact("python3")]
    public async Task Memory_is_what_the_program_has_taken_when_it_is_ready()
    {
        const int Taken = 64 * 1024 * 1024;
        string[] arguments = ["-c", $"import time; b = bytearray(b'x') * {Taken}; print('it is ready', flush=True); time.sleep(60)"];

        StartSample sample = await Meter(arguments, new Readiness { Pattern = new("is ready") })
            .RunAsync(Tools.Require("python3"), CancellationToken.None);

        Assert.InRange(sample.PrivateMemory!.Value, Taken, Taken + 16_000_000);
        Assert.InRange(sample.PeakMemory!.Value, sample.PrivateMemory.Value, (2 * Taken) + 32_000_000);

        // A page is 4 KiB or more, and each was touched once.
        Assert.InRange(sample.MinorFaults!.Value, 30, (2 * Taken / 4096) + 20_000);
    }

    [ToolFact("python3")]
    public async Task A_server_is_timed_until_it_answers_its_address()
    {
        int port = ServerRunTests.FreePort();
        var readiness = new Readiness { Url = new Uri($"http://127.0.0.1:{port}/") };
        var meter = Meter(["-m", "http.server", $"{port}", "--bind", "127.0.0.1"], readiness);

        StartSample sample = await meter.RunAsync(Tools.Require("python3"), CancellationToken.None);

        Assert.InRange(sample.Time.TotalMilliseconds, 10, 20_000);
        Assert.Contains($":{port}/", meter.Notion, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    [Trait("Speed", "Slow")]
    public async Task A_delay_is_never_told_as_the_opposite()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "go.mod"), "module example.com/late\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(folder.Path, "main.go"), """
            package main

            import "time"

            var delay string

            func main() {
            	end := time.Now()
            	if d, err := time.ParseDuration(delay); err == nil {
            		end = end.Add(d)
            	}
            	for time.Now().Before(end) {
            	}
            	println("ready")
            	time.Sleep(time.Hour)
            }
            """);
        string[] programs = [.. new[] { "0ms", "5ms" }.Select(delay =>
        {
            string program = Path.Combine(folder.Path, delay);
            Programs.Output(
                "go",
                ["build", "-trimpath", $"-ldflags=-s -X main.delay={delay}", "-o", program, "."],
                folder.Path,
                new Dictionary<string, string?> { ["CGO_ENABLED"] = "0", ["GOFLAGS"] = "", ["GOWORK"] = "off", ["GOTOOLCHAIN"] = "local" });
            return program;
        })];

        var starts = await InterleavedStarts.MeasureAsync(
            Meter([], new Readiness { Pattern = new("ready") }), programs, repeat: 40, (_, _, _) => { }, CancellationToken.None);

        Assert.All(starts, start => Assert.Null(start.Failure));

        // How near it comes to the 5 ms is the machine's matter; how samples are compared is tested above.
        Assert.False(starts[1].Start!.SlowerThan(starts[0].Start!) < TimeSpan.Zero);
        Assert.True(starts[1].Start!.Minimum >= TimeSpan.FromMilliseconds(5));
    }

    private static StartMeter Meter(IReadOnlyList<string> arguments, Readiness? readiness = null) =>
        new(new RunOptions { Arguments = arguments, Readiness = readiness, WorkingDirectory = Path.GetTempPath() });

    private static StartMeasurement Of(params double[] milliseconds) => StartMeasurement.Of(
        [.. milliseconds.Select(time => new StartSample(TimeSpan.FromMilliseconds(time), null, null, null, null))]);
}
