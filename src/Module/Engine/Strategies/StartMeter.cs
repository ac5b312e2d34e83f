using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    private const int KeptOutput = 4096;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly string[] _arguments;
    private readonly int? _port;
    private readonly string? _taskset = OperatingSystem.IsLinux() && Environment.ProcessorCount > 1
        ? ProgramLookup.Find(Taskset)
        : null;

    internal StartMeter(IReadOnlyList<string> arguments, int? port)
    {
        _arguments = [.. arguments];
        _port = port;
    }

    /// <summary>What is waited for.</summary>
    internal string Notion => _port is { } port ? string.Create(CultureInfo.InvariantCulture, $"port {port}") : "exit";

    /// <summary>Starts a program once. Nothing of it is left.</summary>
    /// <param name="path">The program.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="GoCrossException">StartPortTaken; StartFailed; StartTimedOut; what starting throws.</exception>
    internal async Task<StartSample> RunAsync(string path, CancellationToken cancellation)
    {
        if (_port is { } taken && IsOpen(taken))
        {
            throw GoCrossException.Create(ErrorKind.Unavailable, nameof(Messages.StartPortTaken), taken);
        }

        using var kill = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = new TaskCompletionSource<StartedProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var errors = new OutputCapture(KeptOutput);
        var request = new ProcessRequest
        {
            FileName = _taskset ?? path,
            Arguments = _taskset is null ? _arguments : ["-c", "0", path, .. _arguments],
            WorkingDirectory = Path.GetTempPath(),
            OutputCapture = new OutputCapture(KeptOutput),
            ErrorCapture = errors,
            OnStarted = process => started.TrySetResult(process),
        };
        long asked = Stopwatch.GetTimestamp();
        Task<ProcessResult> run = ChildProcess.RunAsync(request, kill.Token);
        try
        {
            if (_port is not { } port)
            {
                kill.CancelAfter(StartLimit);
                ProcessResult result = await run.ConfigureAwait(false);
                return result.ExitCode == 0
                    ? new StartSample(result.Duration, null, null, null, null)
                    : throw Failed(path, result.ExitCode, errors);
            }

            // In its own thread: what else waits for a thread of the pool must not delay the next look.
            long ready = await Task.Factory.StartNew(
                () => WaitForPort(port, run, asked, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
            if (ready == 0)
            {
                throw run.IsCompletedSuccessfully
                    ? Failed(path, (await run.ConfigureAwait(false)).ExitCode, errors)
                    : GoCrossException.Create(
                        ErrorKind.ToolFailed, nameof(Messages.StartTimedOut), path, Notion, StartLimit.TotalSeconds);
            }

            StartedProcess process = await started.Task.ConfigureAwait(false);
            return Read(process.Id, Stopwatch.GetElapsedTime(process.Timestamp, ready));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw GoCrossException.Create(ErrorKind.ToolFailed, nameof(Messages.StartTimedOut), path, Notion, StartLimit.TotalSeconds);
        }
        finally
        {
            await kill.CancelAsync().ConfigureAwait(false);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static GoCrossException Failed(string path, int exitCode, OutputCapture errors)
    {
        string said = errors.ToString().Trim();
        return GoCrossException.Create(ErrorKind.ToolFailed, nameof(Messages.StartFailed), path, exitCode, said.Split('\n')[0]);
    }

    // A refused connection costs some microseconds. Returns when it was accepted; 0 where it never was.
    private static long WaitForPort(int port, Task run, long start, CancellationToken cancellation)
    {
        while (!run.IsCompleted && Stopwatch.GetElapsedTime(start) < StartLimit)
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsOpen(port))
            {
                return Stopwatch.GetTimestamp();
            }

            Thread.Sleep(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1) ? 0 : 1);
        }

        return 0;
    }

    private static bool IsOpen(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
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
