using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Lets through five progress records a second, at most, shows what was said last by a clock, and knows whether there is
/// anything to complete at the end. What is on the screen already is not shown again: the host asks the terminal where its
/// cursor is for each record, and where Ctrl+C takes the answer away, it waits for ever (PowerShell/PowerShell#12814). Safe on
/// every thread.
/// </summary>
/// <param name="activity">What the progress bar says.</param>
/// <param name="waitingSince">
/// Since when the user has seen nothing new: what was prepared before this work, or shown of what came before it, counts if
/// it was just now.
/// </param>
internal sealed class ProgressThrottle(string activity, long waitingSince)
{
    private const int RecordsPerSecond = 5;

    /// <summary>How often the clock looks whether a record is due.</summary>
    internal static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private static readonly long Interval = Stopwatch.Frequency / RecordsPerSecond;
    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(1);
    private static int s_lastId;

    // One activity, one id: two pumps in a pipeline have a bar each.
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _next = Interval + (Stopwatch.GetElapsedTime(waitingSince) < JustNow ? waitingSince : Stopwatch.GetTimestamp());
    private Tuple<string, int> _latest = Tuple.Create(string.Empty, -1);
    private Tuple<string, int>? _onScreen;
    private long _lastShown;

    /// <summary>When the last record was let through, as <see cref="Stopwatch.GetTimestamp"/> counts; null where none was.</summary>
    internal long? LastShown => Interlocked.Read(ref _lastShown) is var shown and > 0 ? shown : null;

    /// <summary>The record to show now, if one is due. Work that ends within the first interval shows none.</summary>
    internal bool TryCreate(string status, int percent, [NotNullWhen(true)] out ProgressRecord? record)
    {
        Volatile.Write(ref _latest, Tuple.Create(status, percent));
        return TryCreate(out record);
    }

    /// <summary>
    /// The record of what was said last, if one is due: by the clock, whatever happens or does not. It tells how many seconds
    /// it has been going on.
    /// </summary>
    internal bool TryCreate([NotNullWhen(true)] out ProgressRecord? record)
    {
        record = null;
        (string status, int percent) = Volatile.Read(ref _latest);
        if (status.Length == 0 && Stopwatch.GetElapsedTime(_started) < JustNow)
        {
            // What it does is about to be said, and is not to wait for the next record.
            return false;
        }

        long now = Stopwatch.GetTimestamp();
        long due = Interlocked.Read(ref _next);
        if (now < due)
        {
            return false;
        }

        // The time comes first: the host cuts what is too long for its window.
        int seconds = (int)Stopwatch.GetElapsedTime(_started, now).TotalSeconds;
        string text = status.Length == 0 ? $"{seconds} s" : seconds > 0 ? $"{seconds} s: {status}" : status;
        var shown = Tuple.Create(text, percent);
        if (shown.Equals(Volatile.Read(ref _onScreen)) || Interlocked.CompareExchange(ref _next, now + Interval, due) != due)
        {
            return false;
        }

        Volatile.Write(ref _onScreen, shown);
        Interlocked.Exchange(ref _lastShown, now);
        record = new ProgressRecord(_id, activity, text) { PercentComplete = percent };
        return true;
    }

    /// <summary>The record that takes the bar away, if one was shown.</summary>
    internal bool TryComplete([NotNullWhen(true)] out ProgressRecord? record)
    {
        record = LastShown is not null
            ? new ProgressRecord(_id, activity, activity) { RecordType = ProgressRecordType.Completed }
            : null;
        return record is not null;
    }
}
