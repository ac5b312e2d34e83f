using System.Diagnostics;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Processes;

namespace GoCross.Runs;

/// <summary>One run of a server: it is started, waited for until it is ready, and asked to end.</summary>
/// <param name="readiness">How one knows that it is ready.</param>
/// <param name="timeLimit">How long it may take to be ready.</param>
/// <param name="container">Where it is run; null for this machine.</param>
/// <param name="watch">What is seen of it.</param>
internal sealed class ServerRun(Readiness readiness, TimeSpan timeLimit, ProgramContainer? container, RunWatch watch)
{
    /// <summary>How long the end of a server is waited for that can no longer be asked whether it is ready.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(5);

    private long? _asked;

    /// <summary>When and with what answer it was ready; null where it never was.</summary>
    internal ReadyServer? Ready { get; private set; }

    /// <summary>What it held in memory when it was ready, in bytes; null where that cannot be told.</summary>
    internal long? ReadyMemory { get; private set; }

    /// <summary>What was missing when it was not ready in time.</summary>
    internal string Missing { get; private set; } = string.Empty;

    /// <summary>A port that somebody else listens at: nothing was started then.</summary>
    internal int? TakenPort { get; private set; }

    /// <summary>How it ended; null where it was killed.</summary>
    internal ProcessResult? Result { get; private set; }

    /// <summary>From the signal to its end; null where it ended before, was killed, or there are no signals.</summary>
    internal TimeSpan? StopTime => Result is { } result && _asked is { } asked && watch.Since(asked) is var after && after < result.Duration
        ? result.Duration - after
        : null;

    /// <summary>Whether the signal could be sent. There are none on Windows, where it is killed.</summary>
    internal bool WasAsked { get; private set; }

    /// <summary>Runs it. No process of it is left however this ends.</summary>
    /// <param name="start">Starts it and follows it to its end; a cancelled token kills it.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="GoCrossException">It cannot be started, or its network cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal async Task RunAsync(Func<CancellationToken, Task<ProcessResult>> start, CancellationToken cancellation)
    {
        if (container is null)
        {
            using ReadinessProbe before = Probe(new MachineNetwork());
            TakenPort = await before.FindTakenPortAsync(cancellation).ConfigureAwait(false);
            if (TakenPort is not null)
            {
                return;
            }
        }

        using var kill = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<ProcessResult> main = start(kill.Token);
        try
        {
            if (await WaitAsync(main, kill.Token).ConfigureAwait(false))
            {
                await StopAsync(main, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            await kill.CancelAsync().ConfigureAwait(false);
            await ((Task)main).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellation.ThrowIfCancellationRequested();
        if (main.IsFaulted)
        {
            await main.ConfigureAwait(false);
        }

        Result = main.IsCompletedSuccessfully ? await main.ConfigureAwait(false) : null;
    }

    private ReadinessProbe Probe(IServerNetwork network) => new(readiness, network, watch.Output, watch.Error);

    /// <summary>Waits until it is ready.</summary>
    /// <returns>False where it ended before, or is late.</returns>
    private async Task<bool> WaitAsync(Task main, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeLimit);
        Task<ReadyServer> ready = ReadyAsync(limit.Token);
        if (await Task.WhenAny(main, ready).ConfigureAwait(false) == main)
        {
            await limit.CancelAsync().ConfigureAwait(false);
            await ((Task)ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }

        if (ready.IsCompletedSuccessfully)
        {
            Ready = await ready.ConfigureAwait(false);
            return true;
        }

        if (ready.IsFaulted)
        {
            // A container that has just ended cannot be asked any more: how it ended says more than that.
            await Task.WhenAny(main, Task.Delay(EndTimeout, cancellation)).ConfigureAwait(false);
            if (!main.IsCompleted)
            {
                await ready.ConfigureAwait(false);
            }
        }

        return false;
    }

    private async Task<ReadyServer> ReadyAsync(CancellationToken cancellation)
    {
        await watch.Begun.WaitAsync(cancellation).ConfigureAwait(false);
        IServerNetwork network = container is null
            ? new MachineNetwork()
            : await NetworkOfAsync(container, cancellation).ConfigureAwait(false);
        using ReadinessProbe probe = Probe(network);
        try
        {
            return await probe.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Missing = probe.Missing;
        }
    }

    private async Task<IServerNetwork> NetworkOfAsync(ProgramContainer program, CancellationToken cancellation)
    {
        while (true)
        {
            RunningContainer found = await program.InspectAsync(watch, cancellation).ConfigureAwait(false);
            if (found.IsRunning)
            {
                if (found.ProcessId is { } processId)
                {
                    watch.Watch(processId);
                }

                return new ContainerNetwork(found);
            }

            await Task.Delay(StartPause, cancellation).ConfigureAwait(false);
        }
    }

    private async Task StopAsync(Task main, CancellationToken cancellation)
    {
        watch.Memory.ReadNow();
        ReadyMemory = watch.Memory.Resident;
        watch.PeakMemory = watch.Memory.PeakSoFar;
        long asked = Stopwatch.GetTimestamp();
        WasAsked = !main.IsCompleted && await SignalAsync(cancellation).ConfigureAwait(false);
        if (!WasAsked)
        {
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(main, Task.Delay(readiness.StopTimeout, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        _asked = asked;
    }

    private async Task<bool> SignalAsync(CancellationToken cancellation)
    {
        if (container is null)
        {
            return await watch.Begun.ConfigureAwait(false) is { } processId && readiness.StopSignal.Send(processId);
        }

        await container.SignalAsync(watch, readiness.StopSignal, cancellation).ConfigureAwait(false);
        return true;
    }
}
