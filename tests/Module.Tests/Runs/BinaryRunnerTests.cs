using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Runs;

namespace GoCross.Tests.Runs;

public sealed class BinaryRunnerTests(Subject subject) : IClassFixture<Subject>
{
    private static readonly RunOptions Default = new() { WorkingDirectory = Path.GetTempPath() };

    [ToolTheory("go", "qemu-aarch64-static", "qemu-arm-static", "qemu-riscv64-static")]
    [InlineData("amd64", "native")]
    [InlineData("arm64", "qemu-aarch64-static")]
    [InlineData("arm GOARM=7", "qemu-arm-static")]
    [InlineData("riscv64", "qemu-riscv64-static")]
    public async Task A_static_program_runs_natively_or_under_QEMU(string architecture, string runner)
    {
        string[] arguments = ["echo", "with space", "quote\"d", "", "$HOME", "ümläut"];

        RunOutcome outcome = await Run(subject.For(architecture), Default with { Arguments = arguments });

        Assert.Null(outcome.Failure);
        BinaryRun run = outcome.Run;
        Assert.True(run.Success);
        Assert.Equal(string.Join('|', arguments[1..]) + "\n", run.Output);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(runner, run.Runner);
        Assert.Equal(runner == "native" ? null : Tools.Find(runner), run.RunnerPath);
        Assert.Equal("linux/" + architecture.Split(' ')[0], run.Target);
        Assert.Null(run.SysRoot);
        Assert.True(run.StartupTime > TimeSpan.Zero && run.StartupTime <= run.Duration, $"{run.StartupTime} of {run.Duration}");
        Assert.Equal(run.Output.Length + 2, run.OutputLength); // two of its letters take two bytes
    }

    [ToolFact("go")]
    public async Task A_program_for_386_runs_where_the_kernel_runs_it()
    {
        string program = subject.For("386");
        bool starts;
        try
        {
            starts = Programs.Run(program, ["echo"]).ExitCode == 0;
        }
        catch (GoCrossException)
        {
            starts = false; // Exec format error
        }

        RunOutcome outcome = await Run(program, Default with { Arguments = ["echo", "386"] });

        Assert.Equal(starts, outcome.Run.Success);
        Assert.Equal(starts ? "386\n" : "", outcome.Run.Output);
        Assert.Equal(starts ? null : "RunOtherSystem", outcome.Run.ErrorId);
    }

    [ToolTheory("go")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(77)]
    [InlineData(128)]
    [InlineData(255)]
    public async Task An_exit_code_is_a_success_only_if_it_is_expected(int code)
    {
        string[] arguments = ["exit", code.ToString(CultureInfo.InvariantCulture)];
        RunOutcome unexpected = await Run(subject.For(), Default with { Arguments = arguments, ExpectedExitCodes = [code + 1] });
        RunOutcome expected = await Run(subject.For(), Default with { Arguments = arguments, ExpectedExitCodes = [3, code] });

        Assert.Equal("RunWrongExitCode", unexpected.Failure!.ErrorId);
        Assert.Equal("RunWrongExitCode", unexpected.Run.ErrorId);
        Assert.False(unexpected.Run.Success);
        Assert.Contains("leaving", unexpected.Run.Reason, StringComparison.Ordinal);
        Assert.All([unexpected.Run, expected.Run], run => Assert.Equal((code, null), (run.ExitCode, run.Signal)));
        Assert.Null(expected.Failure);
    }

    [ToolTheory("go", "qemu-aarch64-static")]
    [InlineData("amd64", 9, "SIGKILL")]
    [InlineData("amd64", 15, "SIGTERM")]
    [InlineData("amd64", 1, "SIGHUP")]
    [InlineData("arm64", 9, "SIGKILL")]
    [InlineData("arm64", 15, "SIGTERM")]
    public async Task A_signal_that_ends_it_is_told_by_name_and_is_no_exit_code(string architecture, int signal, string name)
    {
        RunOutcome outcome = await Run(subject.For(architecture), Default with
        {
            Arguments = ["kill", signal.ToString(CultureInfo.InvariantCulture)],
        });

        Assert.Equal("RunSignalled", outcome.Failure!.ErrorId);
        Assert.Equal(name, outcome.Run.Signal);
        Assert.Null(outcome.Run.ExitCode);
        Assert.Contains(name, outcome.Run.Reason, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task An_exit_code_that_looks_like_a_signal_s_is_none()
    {
        // As a shell tells SIGINT. The kernel is asked; where .NET was faster, which is rare, it is taken for the signal
        // unless it is expected.
        const int Attempts = 20;
        RunOptions exit = Default with { Arguments = ["exit", "130"] };
        var codes = new HashSet<int?>();
        for (int i = 0; i < Attempts && !codes.Contains(130); i++)
        {
            codes.Add((await Run(subject.For(), exit)).Run.ExitCode);
        }

        Assert.Contains(130, codes);
        for (int i = 0; i < Attempts; i++)
        {
            Assert.True((await Run(subject.For(), exit with { ExpectedExitCodes = [130] })).Run.Success);
        }
    }

    [UnixTheory]
    [InlineData(137, 0, false, null)]
    [InlineData(137, 9, false, 9)]
    [InlineData(137, 9, true, 9)]
    [InlineData(137, null, false, 9)]
    [InlineData(137, null, true, null)]
    [InlineData(1, null, false, null)]
    [InlineData(255, null, false, null)]
    public void What_the_kernel_says_decides_and_else_the_exit_code(int exitCode, int? watched, bool isExpected, int? signal) =>
        Assert.Equal(signal, ExitWatch.SignalOf(exitCode, watched, isExpected));

    [ToolFact("go")]
    public async Task A_panic_is_told_with_what_it_said()
    {
        RunOutcome outcome = await Run(subject.For(), Default with { Arguments = ["panic"] });

        Assert.Equal(2, outcome.Run.ExitCode);
        Assert.Contains("panic: on purpose", outcome.Run.Error, StringComparison.Ordinal);
    }

    [ToolTheory("go", "qemu-aarch64-static")]
    [InlineData("amd64", "tree")]
    [InlineData("arm64", "sleep")] // under QEMU a program cannot start itself
    public async Task At_the_time_limit_the_program_and_all_that_it_started_are_gone(string architecture, string action)
    {
        RunOutcome outcome = await Run(
            subject.Copy(subject.For(architecture), "tree-" + architecture),
            Default with { Arguments = [action], TimeLimit = TimeSpan.FromSeconds(3) });

        Assert.Equal("RunTimedOut", outcome.Failure!.ErrorId);
        Assert.True(outcome.Run.TimedOut);
        Assert.Null(outcome.Run.ExitCode);
        Assert.Null(outcome.Run.Signal);
        Assert.StartsWith("ready ", outcome.Run.Output, StringComparison.Ordinal);
        Assert.True(outcome.Run.PeakMemory > 0);
        Assert.Empty(Running("tree-" + architecture));
    }

    [ToolFact("go")]
    public async Task What_it_leaves_behind_when_it_ends_is_killed_and_counted()
    {
        RunOutcome outcome = await Run(subject.Copy(subject.For(), "leaver"), Default with { Arguments = ["leave"] });

        Assert.True(outcome.Run.Success);
        Assert.Equal(1, outcome.Run.Leftovers);
        Assert.Contains("left ", outcome.Run.Output, StringComparison.Ordinal);
        Assert.Empty(Running("leaver"));
    }

    [ToolFact("go")]
    public async Task A_cancelled_run_leaves_no_process()
    {
        using var cancel = new CancellationTokenSource();
        var options = Default with { Arguments = ["tree"] };
        var runner = new BinaryRunner(options);
        RunPlan plan = runner.Plan(subject.Copy(subject.For(), "cancelled"), CancellationToken.None);

        Task<RunOutcome> run = runner.RunAsync(plan, cancel.Token);
        while (Running("cancelled").Count < 2)
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Empty(Running("cancelled"));
    }

    [ToolFact("go")]
    public async Task A_flood_is_bounded_and_its_beginning_and_end_are_kept()
    {
        const int Blocks = 2000; // of 64 KiB: 125 MiB
        long before = GC.GetTotalMemory(forceFullCollection: true);

        RunOutcome outcome = await Run(subject.For(), Default with { Arguments = ["flood", $"{Blocks}"] });

        Assert.True(outcome.Run.Success);
        Assert.Equal(Blocks * 65536L, outcome.Run.OutputLength);
        Assert.StartsWith("0123456789abcde\n", outcome.Run.Output, StringComparison.Ordinal);
        Assert.EndsWith("0123456789abcde\n", outcome.Run.Output, StringComparison.Ordinal);
        Assert.Contains($"{(Blocks * 65536L) - RunOptions.OutputLimit} bytes left out", outcome.Run.Output, StringComparison.Ordinal);
        Assert.True(outcome.Run.Output.Length < RunOptions.OutputLimit + 100);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 16 * RunOptions.OutputLimit);
    }

    [ToolFact("go")]
    public async Task It_reads_what_it_is_given_and_nothing_where_it_is_given_nothing()
    {
        string file = Path.Combine(subject.Folder, "input");
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)('a' + (i % 26)))];
        await File.WriteAllBytesAsync(file, bytes);
        RunOptions cat = Default with { Arguments = ["cat"] };

        Assert.Equal("zwei\nZeilen", (await Run(subject.For(), cat with { Input = "zwei\nZeilen" })).Run.Output);
        Assert.Equal(bytes, (await Run(subject.For(), cat with { InputPath = file })).Run.Output.Select(character => (byte)character));
        Assert.Equal("", (await Run(subject.For(), cat)).Run.Output);

        // A program that does not read all of it is not waited for.
        Assert.Null((await Run(subject.For(), Default with { Arguments = ["exit", "0"], Input = new string('x', 1_000_000) })).Failure);
    }

    [ToolTheory("go")]
    [InlineData("^GR.N", "grün", true)]
    [InlineData("(?-i)^GR.N", "grün", false)]
    [InlineData("rot", "grün", false)]
    public async Task The_output_has_to_match_on_either_stream(string pattern, string said, bool matches)
    {
        var expected = new Regex(pattern, RegexOptions.IgnoreCase, RunOptions.MatchLimit);
        foreach (string stream in new[] { "echo", "error" })
        {
            RunOutcome outcome = await Run(subject.For(), Default with { Arguments = [stream, said], ExpectedOutput = expected });

            Assert.Equal(matches, outcome.Run.Success);
            Assert.Equal(matches ? null : "RunUnexpectedOutput", outcome.Failure?.ErrorId);
            Assert.Contains(matches ? said : pattern, outcome.Run.Reason, StringComparison.Ordinal);
        }
    }

    [ToolFact("go")]
    public async Task A_pattern_that_takes_for_ever_is_given_up()
    {
        var slow = new Regex("(a+)+$", RegexOptions.None, TimeSpan.FromMilliseconds(1));

        RunOutcome outcome = await Run(
            subject.For(), Default with { Arguments = ["echo", new string('a', 40) + "!"], ExpectedOutput = slow });

        Assert.Equal("RunUnexpectedOutput", outcome.Failure!.ErrorId);
        Assert.Contains("without a result", outcome.Run.Reason, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task Its_directory_and_its_variables_are_those_that_are_asked_for()
    {
        RunOutcome outcome = await Run(subject.For(), new RunOptions
        {
            Arguments = ["look"],
            WorkingDirectory = subject.Folder,
            Environment = new Dictionary<string, string?> { ["SUBJECT"] = "set", ["HOME"] = null },
        });

        Assert.Equal($"{subject.Folder} set false\n", outcome.Run.Output);
    }

    [ToolFact("go")]
    public async Task Start_up_ends_with_the_first_byte_or_with_the_program()
    {
        var pause = TimeSpan.FromMilliseconds(300);

        BinaryRun late = (await Run(subject.For(), Default with { Arguments = ["late", "300"] })).Run;
        BinaryRun silent = (await Run(subject.For(), Default with { Arguments = ["silent", "300"] })).Run;

        Assert.True(late.StartupTime >= pause, $"{late.StartupTime}");
        Assert.True(late.StartupTime < late.Duration, $"{late.StartupTime} of {late.Duration}");
        Assert.Equal(silent.Duration, silent.StartupTime);
    }

    [ToolTheory("go")]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(300)]
    public async Task Peak_memory_is_what_the_kernel_tells_the_program_itself(int mebibytes)
    {
        BinaryRun run = (await Run(subject.For(), Default with { Arguments = ["memory", $"{mebibytes}"] })).Run;
        long told = long.Parse(run.Output, CultureInfo.InvariantCulture) * 1024;

        Assert.True(told > mebibytes << 20);
        Assert.InRange(run.PeakMemory!.Value, told, told + (1 << 20));
    }

    [ToolFact("go", "time")]
    public async Task Peak_memory_is_that_of_GNU_time_however_large_the_parent_is()
    {
        string file = Path.Combine(subject.Folder, "time");
        Programs.Output("time", ["-f", "%M", "-o", file, subject.For(), "memory", "48"]);
        long told = long.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture) * 1024;

        long peak = (await Run(subject.For(), Default with { Arguments = ["memory", "48"] })).Run.PeakMemory!.Value;

        // Two runs of a Go program differ by what its collector happened to do.
        Assert.InRange(peak, told - (4 << 20), told + (4 << 20));
    }

    private static async Task<RunOutcome> Run(string program, RunOptions options)
    {
        var runner = new BinaryRunner(options);
        return await runner.RunAsync(runner.Plan(program, CancellationToken.None), CancellationToken.None);
    }

    // Natively the program's name is the process's; under QEMU it is an argument.
    private static List<int> Running(string name) =>
    [
        .. Process.GetProcesses().Select(process => process.Id).Where(id =>
        {
            try
            {
                return id != Environment.ProcessId
                    && (File.ReadAllText($"/proc/{id}/cmdline").Contains("/" + name, StringComparison.Ordinal)
                        || File.ResolveLinkTarget($"/proc/{id}/exe", false)?.Name == name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }),
    ];
}
