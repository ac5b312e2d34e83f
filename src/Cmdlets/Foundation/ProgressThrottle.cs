using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Lets through five progress records a second, and knows whether there is anything to complete at the end. Safe on
/// every thread.
/// </summary>
internal sealed class ProgressThrottle(string activity)
{
    private const int RecordsPerSecond = 5;

    private static readonly long Interval = Stopwatch.Frequency / RecordsPerSecond;
    private static int s_lastId;

    // One activity, one id: two pumps in a pipeline have a bar each.
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private long _next = Stopwatch.GetTimestamp() + Interval;
    private volatile bool _shown;

    /// <summary>The record to show now, if one is due. Work that ends within the first interval shows none.</summary>
    internal bool TryCreate(string status, int percent, [NotNullWhen(true)] out ProgressRecord? record)
    {
        long now = Stopwatch.GetTimestamp();
        long due = Interlocked.Read(ref _next);
        if (now < due || Interlocked.CompareExchange(ref _next, now + Interval, due) != due)
        {
            record = null;
            return false;
        }

        _shown = true;
        record = new ProgressRecord(_id, activity, status) { PercentComplete = percent };
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
