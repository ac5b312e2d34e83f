using System.Text.RegularExpressions;
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

        using var run = new RunWatch(isProcess: container is null);
        try
        {
            return options.Readiness is { } readiness
                ? await ServeAsync(plan, readiness, run, cancellation).ConfigureAwait(false)
                : await RunToEndAsync(plan, run, cancellation).ConfigureAwait(false);
        }
        catch (GoCrossException e)
        {
            return ExplainNoStart(plan, e.Message) ?? new RunOutcome(plan.ToRun(success: false, e.Message) with { ErrorId = e.ErrorId }, e);
        }
    }

    private async Task<RunOutcome> RunToEndAsync(RunPlan plan, RunWatch run, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.TimeLimit);
        try
        {
            ProcessResult result = await StartAsync(plan, run, limit.Token).ConfigureAwait(false);
            bool isExpected = options.ExpectedExitCodes.Contains(result.ExitCode);
            return Judge(plan, run, result, await SignalOfAsync(run, result, isExpected).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            run.PeakMemory = run.Memory.PeakSoFar;
            return Fail(
                Describe(plan, run) with { TimedOut = true, Duration = run.Elapsed },
                nameof(Messages.RunTimedOut),
                TextFormat.Fill(Texts.RunTimedOut, options.TimeLimit.TotalSeconds));
        }
    }

    private async Task<RunOutcome> ServeAsync(RunPlan plan, Readiness readiness, RunWatch run, CancellationToken cancellation)
    {
        var server = new ServerRun(readiness, options.TimeLimit, container, run);
        await server.RunAsync(token => StartAsync(plan, run, token), cancellation).ConfigureAwait(false);
        if (server.TakenPort is { } port)
        {
            return Fail(Describe(plan, run), nameof(Messages.RunPortTaken), TextFormat.Fill(Texts.RunPortTaken, port));
        }

        bool isExpected = server.Result is { } result && options.ExpectedExitCodes.Contains(result.ExitCode);
        int? signal = server.Result is null ? null : await SignalOfAsync(run, server.Result, isExpected).ConfigureAwait(false);
        BinaryRun ended = (server.Result is null ? Describe(plan, run) with { Duration = run.Elapsed } : Describe(plan, run, server.Result, signal)) with
        {
            ReadyTime = server.Ready is { } ready ? run.Since(ready.Timestamp) : null,
            ReadyMemory = server.ReadyMemory,
            ResponseStatus = server.Ready?.Status,
            Response = server.Ready?.Response,
            StopTime = server.StopTime,
        };
        return (server.Result is null ? null : ExplainNoStart(plan, ended.Output + ended.Error)) ?? JudgeServer(server, readiness, ended, isExpected, signal);
    }

    private RunOutcome JudgeServer(ServerRun server, Readiness readiness, BinaryRun ended, bool isExpected, int? signal)
    {
        double readyTime = ended.ReadyTime?.TotalMilliseconds ?? 0;
        switch (server)
        {
            case { Ready: null, Result: null }:
                return Fail(
                    ended with { TimedOut = true },
                    nameof(Messages.RunNotReady),
                    Saying(TextFormat.Fill(Texts.RunNotReady, readiness, options.TimeLimit.TotalSeconds, server.Missing), ended));

            case { Ready: null }:
            case { WasAsked: false, Result: not null }:
                return Fail(
                    ended,
                    nameof(Messages.RunServerEnded),
                    Saying(
                        ended.Signal is { } name
                            ? TextFormat.Fill(Texts.RunServerSignalled, name, readiness)
                            : TextFormat.Fill(server.Ready is null ? Texts.RunServerEnded : Texts.RunServerEndedReady, ended.ExitCode!, readiness),
                        ended));

            case { WasAsked: true, Result: null }:
                return Fail(
                    ended,
                    nameof(Messages.RunStopIgnored),
                    TextFormat.Fill(Texts.RunStopIgnored, readiness, readyTime, readiness.StopTimeout.TotalSeconds, readiness.StopSignal));

            case { Result: { } result } when !isExpected && !IsEndBySignal(result.ExitCode, signal, readiness.StopSignal):
                return Fail(
                    ended,
                    nameof(Messages.RunWrongExitCode),
                    Saying(
                        ended.Signal is { } other
                            ? TextFormat.Fill(Texts.RunSignalledAfter, readiness.StopSignal, other)
                            : TextFormat.Fill(
                                Texts.RunWrongExitCodeAfter, result.ExitCode, readiness.StopSignal, string.Join(", ", options.ExpectedExitCodes)),
                        ended));
        }

        return JudgeOutput(
            ended,
            server.Result is null
                ? TextFormat.Fill(Texts.RunServerPassedKilled, readiness, readyTime)
                : TextFormat.Fill(Texts.RunServerPassed, readiness, readyTime, ended.StopTime?.TotalMilliseconds ?? 0, readiness.StopSignal));
    }

    // The kernel does not let a signal's default end the first process of a container (pid_namespaces(7)). Go's runtime
    // then exits with 2 (runtime, dieFromSignal); others, and the engine, with 128 and the signal's number.
    private bool IsEndBySignal(int exitCode, int? signal, ProcessSignal asked)
    {
        const int GoExitCode = 2;
        const int SignalBase = 128;
        return signal == asked.Number || (container is not null && (exitCode == GoExitCode || exitCode == SignalBase + asked.Number));
    }

    private static async Task<int?> SignalOfAsync(RunWatch run, ProcessResult result, bool isExpected)
    {
        ExitWatch.ProcessEnd? end = run.Exit is { } exit ? await exit.End.ConfigureAwait(false) : null;
        run.PeakMemory ??= run.Memory.PeakOf(end?.Faults);
        return ExitWatch.SignalOf(result.ExitCode, end?.Signal, isExpected);
    }

    private async Task<ProcessResult> StartAsync(RunPlan plan, RunWatch run, CancellationToken cancellation)
    {
        if (container is not null)
        {
            return await container.RunAsync(plan, options, run, cancellation).ConfigureAwait(false);
        }

        using FileStream? input = options.InputPath is null
            ? null
            : new FileStream(options.InputPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.Asynchronous);
        Task<ProcessResult> running;
        using (var ahead = new AheadOfOthers())
        {
            running = ChildProcess.RunAsync(
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
                    OnStarted = process =>
                    {
                        run.Begin(process);
                        ahead.Dispose();
                    },
                    KillLeftovers = true,
                },
                cancellation);
        }

        return await running.ConfigureAwait(false);
    }

    private RunOutcome Judge(RunPlan plan, RunWatch run, ProcessResult result, int? signal)
    {
        BinaryRun ended = Describe(plan, run, result, signal);
        if (ExplainNoStart(plan, ended.Output + ended.Error) is { } notStarted)
        {
            return notStarted;
        }

        if (ended.Signal is { } name)
        {
            return Fail(ended, nameof(Messages.RunSignalled), Saying(TextFormat.Fill(Texts.RunSignalled, name), ended));
        }

        return options.ExpectedExitCodes.Contains(result.ExitCode)
            ? JudgeOutput(ended, TextFormat.Fill(Texts.RunPassed, result.ExitCode))
            : Fail(
                ended,
                nameof(Messages.RunWrongExitCode),
                Saying(
                    TextFormat.Fill(Texts.RunWrongExitCode, result.ExitCode, string.Join(", ", options.ExpectedExitCodes)), ended));
    }

    /// <summary>
    /// Explains what a container's runtime says of a program that the kernel did not start there: "exec PATH: " and the
    /// error (runc), or "exec container process `PATH`: " and the error in a record of its log (crun), as an engine's answer
    /// or, with newer ones, where the program would have spoken. Null for all else.
    /// </summary>
    private static RunOutcome? ExplainNoStart(RunPlan plan, string said)
    {
        // Of runc's, more than a line is the program's own.
        bool isRuntime = said.Contains("exec container process", StringComparison.Ordinal)
            || (said.Contains("exec ", StringComparison.Ordinal) && !said.Trim().Contains('\n', StringComparison.Ordinal));
        if (plan.Runner != ProgramContainer.Runner || !isRuntime || !said.Contains(plan.CommandLine[0], StringComparison.Ordinal))
        {
            return null;
        }

        // It is there: it was put there. What the kernel misses is what the program names.
        if (said.Contains(": no such file or directory", StringComparison.OrdinalIgnoreCase) && plan.Loader is { } loader)
        {
            return Outcome(
                ErrorKind.NotFound,
                nameof(Messages.RunFilesMissing),
                TextFormat.Fill(Texts.RunContainerLoader, loader, plan.RunnerPath!),
                Texts.RunMissingFix);
        }

        return said.Contains(": exec format error", StringComparison.OrdinalIgnoreCase)
            ? Outcome(ErrorKind.Unsupported, nameof(Messages.RunOtherSystem), TextFormat.Fill(Texts.RunContainerOtherMachine, plan.Target!), null)
            : null;

        RunOutcome Outcome(ErrorKind kind, string errorId, string reason, string? fix) => new(
            plan.ToRun(success: false, reason) with { ErrorId = errorId },
            GoCrossException.Create(kind, errorId, plan.Path, reason, fix));
    }

    private RunOutcome JudgeOutput(BinaryRun ended, string reason)
    {
        if (options.ExpectedOutput is not { } pattern)
        {
            return new RunOutcome(ended with { Success = true, Reason = reason }, null);
        }

        try
        {
            Match? match = ((string?[])[ended.Output, ended.Error, ended.Response])
                .OfType<string>().Select(text => pattern.Match(text)).FirstOrDefault(found => found.Success);
            return match is not null
                ? new RunOutcome(ended with { Success = true, Reason = TextFormat.Fill(Texts.RunMatching, reason, Short(match.Value)) }, null)
                : Fail(ended, nameof(Messages.RunUnexpectedOutput), TextFormat.Fill(Texts.RunUnmatched, pattern));
        }
        catch (RegexMatchTimeoutException)
        {
            return Fail(
                ended,
                nameof(Messages.RunUnexpectedOutput),
                TextFormat.Fill(Texts.RunMatchTooSlow, pattern, RunOptions.MatchLimit.TotalSeconds));
        }
    }

    private BinaryRun Describe(RunPlan plan, RunWatch run) => plan.ToRun(success: false, string.Empty) with
    {
        CommandLine = plan.CommandLine,
        Output = run.Output.ToString(),
        Error = run.Error.ToString(),
        OutputLength = run.Output.Length + run.Error.Length,
        StartupTime = run.StartupTime,
        PeakMemory = run.PeakMemory,
        ReadyWhen = options.Readiness?.ToString(),
    };

    private BinaryRun Describe(RunPlan plan, RunWatch run, ProcessResult result, int? signal) => Describe(plan, run) with
    {
        Duration = result.Duration,
        StartupTime = run.StartupTime is { } first && first < result.Duration ? first : result.Duration,
        Leftovers = result.Leftovers,
        ExitCode = signal is null ? result.ExitCode : null,
        Signal = signal is { } number ? new ProcessSignal(number).ToString() : null,
    };

    private static RunOutcome Fail(BinaryRun run, string errorId, string reason) => new(
        run with { Reason = reason, ErrorId = errorId },
        GoCrossException.Create(ErrorKind.ToolFailed, errorId, run.Path, reason));

    private static string Saying(string reason, BinaryRun run) =>
        ErrorLine.Of(run.Error) is { } line ? TextFormat.Fill(Texts.RunSaying, reason, Short(line)) : reason;

    private static string Short(string text)
    {
        const int MaxLength = 200;
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= MaxLength ? line : line[..MaxLength] + "...";
    }
}
