using System.Diagnostics;
using GoCross.Errors;

namespace GoCross.Fuzz;

/// <summary>Damages files again and again, and sees that each ends in a report or a named error, soon and with little memory.</summary>
public sealed class FuzzRun
{
    /// <summary>The longest that a call may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>The most that a call may allocate, in bytes; what is freed meanwhile counts as well.</summary>
    public const long MemoryLimit = 64L * 1024 * 1024;

    /// <summary>A machine that does something else takes its time, a file that is too much takes it every time.</summary>
    private const int Attempts = 3;

    private readonly IReadOnlyList<FuzzSeed> _seeds;
    private readonly IReadOnlyList<(string Name, Func<Files.IRandomAccessSource, bool> Call)> _targets;
    private readonly int _runSeed;

    /// <summary>Prepares a run.</summary>
    /// <param name="seeds">The files.</param>
    /// <param name="emptyFolder">A folder with nothing in it.</param>
    /// <param name="runSeed">Determines the damage.</param>
    public FuzzRun(IReadOnlyList<FuzzSeed> seeds, string emptyFolder, int runSeed)
    {
        _seeds = seeds;
        _targets = FuzzTargets.All(emptyFolder);
        _runSeed = runSeed;
    }

    /// <summary>Damages files.</summary>
    /// <param name="first">The number of the first mutation.</param>
    /// <param name="count">How many.</param>
    /// <param name="threads">How many at once.</param>
    /// <param name="onProgress">Is told, about once a second, how many are done.</param>
    public FuzzReport Run(int first, int count, int threads, Action<int>? onProgress = null)
    {
        var report = new FuzzReport();
        int next = first - 1;
        long told = Stopwatch.GetTimestamp();
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work))];
        foreach (Thread worker in workers)
        {
            worker.Start();
        }

        foreach (Thread worker in workers)
        {
            while (!worker.Join(TimeSpan.FromSeconds(1)))
            {
                if (Stopwatch.GetElapsedTime(told) > TimeSpan.FromSeconds(1))
                {
                    onProgress?.Invoke(Math.Min(count, Volatile.Read(ref next) + 1 - first));
                    told = Stopwatch.GetTimestamp();
                }
            }
        }

        return report;

        void Work()
        {
            byte[][] copies = [.. _seeds.Select(seed => (byte[])seed.Bytes.Clone())];
            for (int number; (number = Interlocked.Increment(ref next)) < first + count;)
            {
                Try(number, copies[number % _seeds.Count], report);
            }
        }
    }

    /// <summary>A damaged file as a run has it.</summary>
    /// <param name="number">The mutation's number.</param>
    public byte[] Make(int number)
    {
        FuzzSeed seed = _seeds[number % _seeds.Count];
        byte[] bytes = (byte[])seed.Bytes.Clone();
        return bytes[..Mutation.Apply(seed, bytes, _runSeed, number).Length];
    }

    private void Try(int number, byte[] copy, FuzzReport report)
    {
        FuzzSeed seed = _seeds[number % _seeds.Count];
        Mutation mutation = Mutation.Apply(seed, copy, _runSeed, number);
        var source = new BytesView(copy, mutation.Length);
        bool accepted = false;
        TimeSpan time = TimeSpan.Zero;
        long memory = 0;
        foreach ((string name, Func<Files.IRandomAccessSource, bool> call) in _targets)
        {
            string what = $"{name} of mutation {number} (seed {_runSeed}, {seed.Name})";
            try
            {
                (bool ended, TimeSpan took, long allocated) = Measure(() => call(source));
                for (int i = 1; i < Attempts && (took > TimeLimit || allocated > MemoryLimit); i++)
                {
                    (_, TimeSpan again, long allocatedAgain) = Measure(() => call(source));
                    (took, allocated) = (again < took ? again : took, Math.Min(allocatedAgain, allocated));
                }

                if (took > TimeLimit || allocated > MemoryLimit)
                {
                    report.Fail($"{what} took {took.TotalMilliseconds:0} ms and {allocated} bytes.");
                }

                accepted |= ended && name == "report";
                time = took > time ? took : time;
                memory = Math.Max(allocated, memory);
            }
            catch (Exception e)
            {
                report.Fail($"{what}: {e}");
            }
        }

        report.Add(accepted, time, memory);
        mutation.Undo();
    }

    private static (bool Accepted, TimeSpan Time, long Memory) Measure(Func<bool> call)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        bool accepted = false;
        try
        {
            accepted = call();
        }
        catch (GoCrossException)
        {
            // A named error is a right answer.
        }

        return (accepted, Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - allocated);
    }
}
