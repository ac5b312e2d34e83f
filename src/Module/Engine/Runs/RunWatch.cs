using System.Diagnostics;
using GoCross.Processes;

namespace GoCross.Runs;

/// <summary>What is seen of a program while it runs.</summary>
/// <param name="isProcess">Whether it is a process of this machine from the start, which can be watched.</param>
internal sealed class RunWatch(bool isProcess) : IDisposable
{
    private readonly TaskCompletionSource<int?> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _started;

    internal OutputCapture Output { get; } = new(RunOptions.OutputLimit);

    internal OutputCapture Error { get; } = new(RunOptions.OutputLimit);

    /// <summary>The container's ID; null where it runs in none.</summary>
    internal string? Container { get; set; }

    internal MemoryWatch Memory { get; } = new();

    internal ExitWatch? Exit { get; } = isProcess ? new ExitWatch() : null;

    /// <summary>Ends when the system, or the engine, is asked to start it; with the process's number where it has one here.</summary>
    internal Task<int?> Begun => _begun.Task;

    internal TimeSpan? Elapsed => _started == 0 ? null : Stopwatch.GetElapsedTime(_started);

    /// <summary>From the start to the first byte of either stream; null where there is none.</summary>
    internal TimeSpan? StartupTime => (Output.FirstByte, Error.FirstByte) switch
    {
        (null, null) => null,
        ({ } first, null) => Since(first),
        (null, { } first) => Since(first),
        ({ } one, { } other) => Since(Math.Min(one, other)),
    };

    /// <summary>The most memory that it held; null where that cannot be told. Known when it has ended, or been asked to.</summary>
    internal long? PeakMemory { get; set; }

    /// <summary>From the start to a moment, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    internal TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(_started, timestamp);

    internal void Begin(long timestamp)
    {
        _started = timestamp;
        _begun.TrySetResult(null);
    }

    internal void Begin(StartedProcess process)
    {
        _started = process.Timestamp;
        Exit?.Begin(process.Id);
        Watch(process.Id);
        _begun.TrySetResult(process.Id);
    }

    /// <summary>Watches the memory of a process.</summary>
    internal void Watch(int processId) => Memory.Begin(processId);

    public void Dispose()
    {
        Exit?.Dispose();
        Memory.Dispose();
    }
}
