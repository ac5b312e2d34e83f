using System.Diagnostics;

namespace GoCross.Bench;

/// <summary>Times of the same work, done several times.</summary>
internal sealed class Samples
{
    private readonly List<double> _milliseconds = [];

    /// <summary>The time in the middle: one slow run moves it little.</summary>
    internal double Median => MedianOf(_milliseconds);

    /// <summary>The shortest time: what the work takes when nothing gets in its way.</summary>
    internal double Shortest => _milliseconds.Min();

    internal double Longest => _milliseconds.Max();

    internal void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    /// <summary>The value in the middle.</summary>
    internal static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// <summary>Does the work once and keeps how long it took.</summary>
    internal void Measure(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
