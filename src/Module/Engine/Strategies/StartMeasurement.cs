namespace GoCross.Strategies;

/// <summary>How a program starts, over several runs. Times include what starting any process takes here.</summary>
public sealed record StartMeasurement
{
    /// <summary>How many runs were measured, without those that warmed up.</summary>
    public required int Runs { get; init; }

    /// <summary>The middle one of the times.</summary>
    public required TimeSpan Median { get; init; }

    /// <summary>The shortest one.</summary>
    public required TimeSpan Minimum { get; init; }

    /// <summary>The middle half's width, from the first quartile to the third.</summary>
    public required TimeSpan InterquartileRange { get; init; }

    /// <summary>The processor's time that it took until then, the median; null where it had ended.</summary>
    public TimeSpan? ProcessorTime { get; init; }

    /// <summary>Page faults until then that needed no disk, the median; null where it had ended.</summary>
    public long? MinorFaults { get; init; }

    /// <summary>The most memory that it held until then (VmHWM) in bytes, the median; null where it had ended.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>Memory that no other process shares and no file backs (RssAnon) in bytes, the median; null where it had ended.</summary>
    public long? PrivateMemory { get; init; }

    /// <summary>Sums up runs.</summary>
    internal static StartMeasurement Of(IReadOnlyList<StartSample> samples)
    {
        long[] times = [.. samples.Select(sample => sample.Time.Ticks).Order()];
        long? Middle(Func<StartSample, long?> value)
        {
            long[] values = [.. samples.Select(value).OfType<long>().Order()];
            return values.Length == 0 ? null : Quantile(values, 0.5);
        }

        return new StartMeasurement
        {
            Runs = times.Length,
            Median = TimeSpan.FromTicks(Quantile(times, 0.5)),
            Minimum = TimeSpan.FromTicks(times[0]),
            InterquartileRange = TimeSpan.FromTicks(Quantile(times, 0.75) - Quantile(times, 0.25)),
            ProcessorTime = Middle(sample => sample.ProcessorTime?.Ticks) is { } ticks ? TimeSpan.FromTicks(ticks) : null,
            MinorFaults = Middle(sample => sample.MinorFaults),
            PeakMemory = Middle(sample => sample.PeakMemory),
            PrivateMemory = Middle(sample => sample.PrivateMemory),
        };
    }

    /// <summary>By how much it is slower than another; null where that lies within the spread of either.</summary>
    internal TimeSpan? SlowerThan(StartMeasurement other)
    {
        TimeSpan difference = Median - other.Median;
        TimeSpan spread = InterquartileRange > other.InterquartileRange ? InterquartileRange : other.InterquartileRange;
        return difference.Duration() <= spread ? null : difference;
    }

    // Linear between the two nearest values, as R's default (type 7) and NumPy have it.
    private static long Quantile(long[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (long)((sorted[above] - sorted[below]) * (at - below));
    }
}

/// <summary>One start of a program.</summary>
/// <param name="Time">How long it took.</param>
/// <param name="ProcessorTime">The processor's time until then.</param>
/// <param name="MinorFaults">Page faults without a disk.</param>
/// <param name="PeakMemory">VmHWM in bytes.</param>
/// <param name="PrivateMemory">RssAnon in bytes.</param>
internal readonly record struct StartSample(
    TimeSpan Time, TimeSpan? ProcessorTime, long? MinorFaults, long? PeakMemory, long? PrivateMemory);
