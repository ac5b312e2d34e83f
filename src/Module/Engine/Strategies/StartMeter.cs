using System.Diagnostics;
using System.Globalization;
using GoCross.Errors;
using GoCross.Processes;
using GoCross.Runs;

namespace GoCross.Strategies;

/// <summary>
/// Starts programs of this machine and measures how long it takes until they are ready. Each is bound to one processor, so
/// that the scheduler moves none of them; the one that asks is not.
/// </summary>
internal sealed class StartMeter
{
    private const string Taskset = "taskset";
    private const int KeptOutput = 64 * 1024;
    private static readonly TimeSpan Unpaused = TimeSpan.FromSeconds(1);

    private readonly RunOptions _options;
    private readonly string? _taskset = OperatingSystem.IsLinux() && Environment.ProcessorCount > 1
        ? ProgramLookup.Find(Taskset)
        : null;

    /// <summary>Prepares starts.</summary>
    /// <param name="options">
    /// How programs are run, and what is expected of them. Input, ExpectedOutput, Environment and SysRoot are not used: a start
    /// is timed with nothing to read, in the session's own environment.
    /// </param>
    internal StartMeter(RunOptions options) => _options = options;

    /// <summary>What is waited for.</summary>
    internal string Notion => _options.Readiness?.ToString() ?? "exit";

    /// <summary>Starts a program once. Nothing of it is left.</summary>
    /// <param name="path">The program.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="GoCrossException">StartPortTaken; StartFailed; StartTimedOut; what starting throws.</exception>
    internal async Task<StartSample> RunAsync(string path, CancellationToken cancellation)
    {
        var output = new OutputCapture(KeptOutput);
        var errors = new OutputCapture(KeptOutput);
        using ReadinessProbe? probe = _options.Readiness is not { } readiness
            ? null
            : new ReadinessProbe(readiness, new MachineNetwork(), output, errors) { Unpaused = Unpaused };
        if (probe is not null && await probe.FindTakenPortAsync(cancellation).ConfigureAwait(false) is { } taken)
        {
            throw GoCrossException.Create(ErrorKind.Unavailable, nameof(Messages.StartPortTaken), taken);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = new TaskCompletionSource<StartedProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new ProcessRequest
        {
            FileName = _taskset ?? path,
            Arguments = _taskset is null ? [.. _options.Arguments] : ["-c", "0", path, .. _options.Arguments],
            WorkingDirectory = _options.WorkingDirectory,
            OutputCapture = output,
            ErrorCapture = errors,
            OnStarted = process => started.TrySetResult(process),
        };
        limit.CancelAfter(_options.TimeLimit);
        Task<ProcessResult> run = ChildProcess.RunAsync(request, limit.Token);
        try
        {
            if (probe is null)
            {
                ProcessResult result = await run.ConfigureAwait(false);
                return _options.ExpectedExitCodes.Contains(result.ExitCode)
                    ? new StartSample(result.Duration, null, null, null, null)
                    : throw Failed(path, result.ExitCode, errors);
            }

            // In its own thread: what else waits for a thread of the pool must not delay the next look.
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            Task<ReadyServer> ready = Task.Factory.StartNew(
                () => probe.WaitAsync(ended.Token).GetAwaiter().GetResult(),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Task first = await Task.WhenAny(run, ready).ConfigureAwait(false);
            if (first == ready)
            {
                ReadyServer server = await ready.ConfigureAwait(false);
                StartedProcess process = await started.Task.ConfigureAwait(false);
                return Read(process.Id, Stopwatch.GetElapsedTime(process.Timestamp, server.Timestamp));
            }

            await ended.CancelAsync().ConfigureAwait(false);
            await ((Task)ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw Failed(path, (await run.ConfigureAwait(false)).ExitCode, errors);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw GoCrossException.Create(ErrorKind.ToolFailed, nameof(Messages.StartTimedOut), path, Notion, _options.TimeLimit.TotalSeconds);
        }
        finally
        {
            await limit.CancelAsync().ConfigureAwait(false);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static GoCrossException Failed(string path, int exitCode, OutputCapture errors)
    {
        string said = errors.ToString().Trim();
        return GoCrossException.Create(ErrorKind.ToolFailed, nameof(Messages.StartFailed), path, exitCode, said.Split('\n')[0]);
    }

    // The process is still there: what it has used until now is in /proc (proc(5)).
    private static StartSample Read(int processId, TimeSpan time)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/");
        try
        {
            byte[] status = File.ReadAllBytes(folder + "status");

            // After the name, which may hold anything, in parentheses: the third field is the first one, minflt the eighth.
            string stat = File.ReadAllText(folder + "stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            string nanoseconds = File.ReadAllText(folder + "schedstat").Split(' ')[0];
            return new StartSample(
                time,
                TimeSpan.FromTicks(long.Parse(nanoseconds, CultureInfo.InvariantCulture) / 100),
                long.Parse(fields[7], CultureInfo.InvariantCulture),
                MemoryWatch.Kilobytes(status, "VmHWM:"u8),
                MemoryWatch.Kilobytes(status, "RssAnon:"u8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return new StartSample(time, null, null, null, null);
        }
    }
}
