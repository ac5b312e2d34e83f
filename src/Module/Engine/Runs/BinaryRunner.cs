using System.Diagnostics;
using System.Text.RegularExpressions;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Processes;

namespace GoCross.Runs;

/// <summary>Runs programs, natively, under QEMU's user mode or in containers, and says how it went.</summary>
/// <param name="options">How they are run, and what is expected of them.</param>
/// <param name="container">Where they are run; null for this machine.</param>
public sealed class BinaryRunner(RunOptions options, ProgramContainer? container = null)
{
    private readonly RunPlanner _planner = new(options);

    /// <summary>Says how a program is run here, or why it cannot be. Starts nothing.</summary>
    /// <param name="fullPath">The program's full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty: there is no file to speak of.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public RunPlan Plan(string fullPath, CancellationToken cancellation) => container is null
        ? _planner.Plan(fullPath, cancellation)
        : _planner.PlanForContainer(fullPath, container.Image, cancellation);

    /// <summary>
    /// Runs a program. Every failure that can be foreseen is an outcome; no process of the program is left however it ends.
    /// </summary>
    /// <param name="plan">How.</param>
    /// <param name="cancellation">Kills the program and all that it started.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<RunOutcome> RunAsync(RunPlan plan, CancellationToken cancellation)
    {
        if (plan.Failure is { } refusal)
        {
            return new RunOutcome(plan.ToRun(success: false, plan.FailureReason!) with { ErrorId = refusal.ErrorId }, refusal);
        }

        using var run = new Run(isProcess: container is null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.TimeLimit);
        try
        {
            ProcessResult result = await StartAsync(plan, run, limit.Token).ConfigureAwait(false);
            int? watched = run.Exit is { } exit ? await exit.Signal.ConfigureAwait(false) : null;
            bool isExpected = options.ExpectedExitCodes.Contains(result.ExitCode);
            return Judge(plan, run, result, ExitWatch.SignalOf(result.ExitCode, watched, isExpected));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Fail(
                Describe(plan, run) with { TimedOut = true, Duration = run.Elapsed },
                nameof(Messages.RunTimedOut),
                TextFormat.Fill(RunTexts.TimedOut, options.TimeLimit.TotalSeconds));
        }
        catch (GoCrossException e)
        {
            return ExplainNoStart(plan, e.Message) ?? new RunOutcome(plan.ToRun(success: false, e.Message) with { ErrorId = e.ErrorId }, e);
        }
    }

    private async Task<ProcessResult> StartAsync(RunPlan plan, Run run, CancellationToken cancellation)
    {
        if (container is not null)
        {
            return await container.RunAsync(
                plan, options, new MainProcessWatch(run.Output, run.Error, run.Begin), cancellation).ConfigureAwait(false);
        }

        using FileStream? input = options.InputPath is null
            ? null
            : new FileStream(options.InputPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.Asynchronous);
        return await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = plan.CommandLine[0],
                Arguments = [.. plan.CommandLine.Skip(1)],
                WorkingDirectory = options.WorkingDirectory,
                Environment = options.Environment,
                Input = options.Input,
                InputStream = input,
                OutputCapture = run.Output,
                ErrorCapture = run.Error,
                OnStarted = run.Begin,
                KillLeftovers = true,
            },
            cancellation).ConfigureAwait(false);
    }

    private RunOutcome Judge(RunPlan plan, Run run, ProcessResult result, int? signal)
    {
        BinaryRun ended = Describe(plan, run) with
        {
            Duration = result.Duration,
            StartupTime = run.StartupTime is { } first && first < result.Duration ? first : result.Duration,
            Leftovers = result.Leftovers,
            ExitCode = signal is null ? result.ExitCode : null,
            Signal = signal is { } number ? ExitWatch.Name(number) : null,
        };
        string? said = LastLine(ended.Error);
        if (ExplainNoStart(plan, ended.Output + ended.Error) is { } notStarted)
        {
            return notStarted;
        }

        if (ended.Signal is { } name)
        {
            return Fail(
                ended,
                nameof(Messages.RunSignalled),
                said is null ? TextFormat.Fill(RunTexts.Signalled, name) : TextFormat.Fill(RunTexts.SignalledSaying, name, said));
        }

        if (!options.ExpectedExitCodes.Contains(result.ExitCode))
        {
            string expected = string.Join(", ", options.ExpectedExitCodes);
            return Fail(
                ended,
                nameof(Messages.RunWrongExitCode),
                said is null
                    ? TextFormat.Fill(RunTexts.WrongExitCode, result.ExitCode, expected)
                    : TextFormat.Fill(RunTexts.WrongExitCodeSaying, result.ExitCode, expected, said));
        }

        return JudgeOutput(ended);
    }

    /// <summary>
    /// Explains what a container's runtime says of a program that the kernel did not start there: "exec PATH: " and the
    /// error, as an engine's answer or, with newer ones, where the program would have spoken. Null for all else.
    /// </summary>
    private static RunOutcome? ExplainNoStart(RunPlan plan, string said)
    {
        // More than a line is the program's own.
        if (plan.Runner != ProgramContainer.Runner || said.Trim().Contains('\n', StringComparison.Ordinal)
            || !said.Contains("exec ", StringComparison.Ordinal) || !said.Contains(plan.CommandLine[0], StringComparison.Ordinal))
        {
            return null;
        }

        // It is there: it was put there. What the kernel misses is what the program names.
        if (said.Contains(": no such file or directory", StringComparison.Ordinal) && plan.Loader is { } loader)
        {
            return Outcome(
                ErrorKind.NotFound,
                nameof(Messages.RunFilesMissing),
                TextFormat.Fill(RunTexts.ContainerLoader, loader, plan.RunnerPath!),
                RunTexts.MissingFix);
        }

        return said.Contains(": exec format error", StringComparison.Ordinal)
            ? Outcome(ErrorKind.Unsupported, nameof(Messages.RunOtherSystem), TextFormat.Fill(RunTexts.ContainerOtherMachine, plan.Target!), null)
            : null;

        RunOutcome Outcome(ErrorKind kind, string errorId, string reason, string? fix) => new(
            plan.ToRun(success: false, reason) with { ErrorId = errorId },
            GoCrossException.Create(kind, errorId, plan.Path, reason, fix));
    }

    private RunOutcome JudgeOutput(BinaryRun ended)
    {
        if (options.ExpectedOutput is not { } pattern)
        {
            return new RunOutcome(ended with { Success = true, Reason = TextFormat.Fill(RunTexts.Passed, ended.ExitCode!) }, null);
        }

        try
        {
            Match match = pattern.Match(ended.Output) is { Success: true } found ? found : pattern.Match(ended.Error);
            return match.Success
                ? new RunOutcome(ended with { Success = true, Reason = TextFormat.Fill(RunTexts.PassedMatching, ended.ExitCode!, Short(match.Value)) }, null)
                : Fail(ended, nameof(Messages.RunUnexpectedOutput), TextFormat.Fill(RunTexts.Unmatched, pattern));
        }
        catch (RegexMatchTimeoutException)
        {
            return Fail(
                ended,
                nameof(Messages.RunUnexpectedOutput),
                TextFormat.Fill(RunTexts.MatchTooSlow, pattern, RunOptions.MatchLimit.TotalSeconds));
        }
    }

    private static BinaryRun Describe(RunPlan plan, Run run) => plan.ToRun(success: false, string.Empty) with
    {
        CommandLine = plan.CommandLine,
        Output = run.Output.ToString(),
        Error = run.Error.ToString(),
        OutputLength = run.Output.Length + run.Error.Length,
        StartupTime = run.StartupTime,
        PeakMemory = run.Memory?.Peak,
    };

    private static RunOutcome Fail(BinaryRun run, string errorId, string reason) => new(
        run with { Reason = reason, ErrorId = errorId },
        GoCrossException.Create(ErrorKind.ToolFailed, errorId, run.Path, reason));

    // Most programs say why they give up in the last line that they write.
    private static string? LastLine(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .LastOrDefault() is { } line ? Short(line) : null;

    private static string Short(string text)
    {
        const int Longest = 200;
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= Longest ? line : line[..Longest] + "...";
    }

    /// <summary>What is seen of a program while it runs.</summary>
    /// <param name="isProcess">Whether it is a process of this machine, which can be watched.</param>
    private sealed class Run(bool isProcess) : IDisposable
    {
        private long _started;

        internal OutputCapture Output { get; } = new(RunOptions.OutputLimit);

        internal OutputCapture Error { get; } = new(RunOptions.OutputLimit);

        internal MemoryWatch? Memory { get; private set; }

        internal ExitWatch? Exit { get; } = isProcess ? new ExitWatch() : null;

        internal TimeSpan? Elapsed => _started == 0 ? null : Stopwatch.GetElapsedTime(_started);

        /// <summary>From the start to the first byte of either stream; null where there is none.</summary>
        internal TimeSpan? StartupTime => (Output.FirstByte, Error.FirstByte) switch
        {
            (null, null) => null,
            ({ } first, null) => Stopwatch.GetElapsedTime(_started, first),
            (null, { } first) => Stopwatch.GetElapsedTime(_started, first),
            ({ } one, { } other) => Stopwatch.GetElapsedTime(_started, Math.Min(one, other)),
        };

        internal void Begin(long timestamp) => _started = timestamp;

        internal void Begin(StartedProcess process)
        {
            Begin(process.Timestamp);
            Exit?.Begin(process.Id);
            Memory = MemoryWatch.Start(process.Id);
        }

        public void Dispose()
        {
            Exit?.Dispose();
            Memory?.Dispose();
        }
    }
}
