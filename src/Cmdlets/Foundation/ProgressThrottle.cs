using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Lets through five progress records a second, at most, shows what was said last by a clock, and knows whether there is anything to complete at the end. Safe on
/// every thread.
/// </summary>
internal sealed class ProgressThrottle(string activity)
{
    private const int RecordsPerSecond = 5;

    /// <summary>How often the clock looks whether a record is due.</summary>
    internal static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private static readonly long Interval = Stopwatch.Frequency / RecordsPerSecond;
    private static int s_lastId;

    // One activity, one id: two pumps in a pipeline have a bar each.
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _next = Stopwatch.GetTimestamp() + Interval;
    private Tuple<string, int>? _latest;
    private volatile bool _shown;

    /// <summary>The record to show now, if one is due. Work that ends within the first interval shows none.</summary>
    internal bool TryCreate(string status, int percent, [NotNullWhen(true)] out ProgressRecord? record)
    {
        Volatile.Write(ref _latest, Tuple.Create(status, percent));
        return TryCreate(out record);
    }

    /// <summary>
    /// The record of what was said last, if one is due: by the clock, whatever happens or does not. It tells how long it has
    /// been going on.
    /// </summary>
    internal bool TryCreate([NotNullWhen(true)] out ProgressRecord? record)
    {
        record = null;
        if (Volatile.Read(ref _latest) is not { Item1: var status, Item2: var percent })
        {
            return false;
        }

        long now = Stopwatch.GetTimestamp();
        long due = Interlocked.Read(ref _next);
        if (now < due || Interlocked.CompareExchange(ref _next, now + Interval, due) != due)
        {
            return false;
        }

        _shown = true;
        int seconds = (int)Stopwatch.GetElapsedTime(_started, now).TotalSeconds;
        record = new ProgressRecord(_id, activity, seconds > 0 ? $"{status} ({seconds} s)" : status) { PercentComplete = percent };
        return true;
    }

    /// <summary>The record that takes the bar away, if one was shown.</summary>
    internal bool TryComplete([NotNullWhen(true)] out ProgressRecord? record)
    {
        record = _shown
            ? new ProgressRecord(_id, activity, activity) { RecordType = ProgressRecordType.Completed }
            : null;
        return _shown;
    }
}
