using System.Diagnostics;
using System.Globalization;
using GoCross.Errors;
using GoCross.Processes;

namespace GoCross.Tests.Processes;

public sealed class ChildProcessTests
{
    [UnixFact]
    public async Task Both_streams_and_the_exit_status_come_back()
    {
        ProcessResult result = await Shell("echo out; echo err >&2; exit 7");

        Assert.Equal(7, result.ExitCode);
        Assert.Equal("out\n", result.StandardOutput);
        Assert.Equal("err\n", result.StandardError);
    }

    [UnixFact]
    public async Task What_it_is_to_read_arrives_whole_and_then_ends()
    {
        // More than a pipe holds. A program that does not read it is not waited for.
        string input = string.Concat(Enumerable.Repeat("ümläut\n", 20_000));
        ProcessResult Run(string script) => ChildProcess.RunAsync(
            new ProcessRequest { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/", Input = input },
            CancellationToken.None).GetAwaiter().GetResult();

        Assert.Equal(input, await Task.Run(() => Run("cat").StandardOutput));
        Assert.Equal(3, Run("exit 3").ExitCode);
        Assert.Equal("0\n", (await Shell("wc -c")).StandardOutput.TrimStart());
    }

    [UnixFact]
    public async Task A_program_that_fills_both_pipes_does_not_hang()
    {
        // A pipe holds 64 KiB: reading one stream to its end before the other would wait for ever.
        const int Lines = 20_000;
        ProcessResult result = await Shell($"i=0; while [ $i -lt {Lines} ]; do echo 0123456789; echo 0123456789 >&2; i=$((i+1)); done");

        Assert.Equal(Lines * 11, result.StandardOutput.Length);
        Assert.Equal(Lines * 11, result.StandardError.Length);
    }

    [UnixFact]
    public async Task Arguments_arrive_as_they_were_given()
    {
        string[] arguments = ["with space", "quote\"d", "$HOME", "", "*", "back\\slash", "ümläut"];
        ProcessResult result = await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "/bin/sh",
                Arguments = ["-c", "for a; do printf '%s\\n' \"$a\"; done", "sh", .. arguments],
                WorkingDirectory = "/",
            },
            CancellationToken.None);

        Assert.Equal(string.Join('\n', arguments) + "\n", result.StandardOutput);
    }

    [UnixFact]
    public async Task The_environment_is_set_and_unset_and_the_directory_is_the_one_asked_for()
    {
        string directory = Path.GetTempPath().TrimEnd('/');
        ProcessResult result = await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "/bin/sh",
                Arguments = ["-c", "echo \"${GOCROSS_TEST-unset}\"; echo \"${HOME-unset}\"; pwd -P"],
                WorkingDirectory = directory,
                Environment = new Dictionary<string, string?> { ["GOCROSS_TEST"] = "set", ["HOME"] = null },
            },
            CancellationToken.None);

        Assert.StartsWith("set\nunset\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.EndsWith(Path.GetFileName(directory) + "\n", result.StandardOutput, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Standard_input_is_at_its_end()
    {
        ProcessResult result = await Shell("cat; echo done");

        Assert.Equal("done\n", result.StandardOutput);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_an_error_that_names_it()
    {
        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => ChildProcess.RunAsync(
            new ProcessRequest { FileName = "gocross-no-such-program", WorkingDirectory = Path.GetTempPath() },
            CancellationToken.None));

        Assert.Equal("ProcessStartFailed", e.ErrorId);
        Assert.Contains("gocross-no-such-program", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Fix);
    }

    [Trait("Speed", "Slow")]
    [LinuxFact]
    public async Task Cancelling_kills_children_and_grandchildren_a_hundred_times_over()
    {
        string marker = $"gocross-test-{Guid.NewGuid():N}";
        for (int i = 0; i < 100; i++)
        {
            await CancelWhenReady("(sh -c 'sleep 300; true' & sleep 300; true) & echo ready; wait", marker);
        }

        Assert.Empty(ProcessesWith(marker));
    }

    [LinuxFact]
    public async Task Cancelling_kills_a_grandchild_whose_parent_is_gone()
    {
        string marker = $"gocross-test-{Guid.NewGuid():N}";

        await CancelWhenReady("(sleep 300 >/dev/null 2>&1 &); echo ready; sleep 300", marker);

        Assert.Empty(ProcessesWith(marker));
    }

    [UnixFact]
    public async Task A_process_that_is_left_behind_with_the_pipes_does_not_keep_the_result()
    {
        ProcessResult result = await Shell("sleep 60 & echo $!").WaitAsync(TimeSpan.FromSeconds(30));
        using var left = Process.GetProcessById(int.Parse(result.StandardOutput, CultureInfo.InvariantCulture));

        // It is the program's, which ended well, so it is not for us to kill.
        Assert.False(left.HasExited);
        left.Kill();
    }

    [UnixFact]
    public async Task A_callback_that_throws_does_not_stop_the_program_and_is_thrown_in_the_end()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => ChildProcess.RunAsync(
                new ProcessRequest
                {
                    FileName = "/bin/sh",
                    Arguments = ["-c", "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; touch \"$0\"", file],
                    WorkingDirectory = "/",
                    OnOutputLine = _ => throw new InvalidOperationException("mine"),
                },
                CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));

            Assert.Equal("mine", e.Message);
            Assert.True(File.Exists(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [UnixFact]
    public async Task A_cancelled_token_starts_nothing()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ChildProcess.RunAsync(
            new ProcessRequest { FileName = "/bin/sh", Arguments = ["-c", $"touch '{file}'"], WorkingDirectory = "/" },
            new CancellationToken(canceled: true)));

        Assert.False(File.Exists(file));
    }

    /// <summary>Runs a script with a marker in its environment, and cancels it when it has written its first line.</summary>
    private static async Task CancelWhenReady(string script, string marker)
    {
        using var cancellation = new CancellationTokenSource();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task run = ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "/bin/sh",
                Arguments = ["-c", script],
                WorkingDirectory = "/",
                Environment = new Dictionary<string, string?> { ["GOCROSS_MARKER"] = marker },
                OnOutputLine = _ => ready.TrySetResult(),
            },
            cancellation.Token);
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static Task<ProcessResult> Shell(string script) => ChildProcess.RunAsync(
        new ProcessRequest { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/" },
        CancellationToken.None);

    /// <summary>The living processes that inherited the marker. A killed one may take a moment to leave the table.</summary>
    private static List<string> ProcessesWith(string marker)
    {
        long deadline = Stopwatch.GetTimestamp() + (5 * Stopwatch.Frequency);
        while (true)
        {
            List<string> found = [];
            foreach (string directory in Directory.EnumerateDirectories("/proc"))
            {
                try
                {
                    if (char.IsAsciiDigit(Path.GetFileName(directory)[0])
                        && File.ReadAllText(Path.Combine(directory, "environ")).Contains(marker, StringComparison.Ordinal))
                    {
                        found.Add(File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' '));
                    }
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It ended while we looked, or is somebody else's.
                }
            }

            if (found.Count == 0 || Stopwatch.GetTimestamp() > deadline)
            {
                return found;
            }

            Thread.Sleep(50);
        }
    }
}
