using GoCross.Errors;

namespace GoCross.Strategies;

/// <summary>Starts programs in turns, so that what else goes on here meets all of them alike.</summary>
internal static class InterleavedStarts
{
    /// <summary>Runs that are not counted: they fill the caches.</summary>
    private const int WarmUps = 2;

    /// <summary>Measures starts.</summary>
    /// <param name="meter">Starts one.</param>
    /// <param name="paths">The programs.</param>
    /// <param name="repeat">How often each is measured.</param>
    /// <param name="progress">Is told the program's place in the list, the turn, and how many there are.</param>
    /// <param name="cancellation">Ends the work; no process is left.</param>
    /// <returns>In the order of the programs: a measurement, or why one did not start.</returns>
    internal static async Task<IReadOnlyList<(StartMeasurement? Start, GoCrossException? Failure)>> MeasureAsync(
        StartMeter meter, IReadOnlyList<string> paths, int repeat, Action<int, int, int> progress, CancellationToken cancellation)
    {
        var samples = paths.Select(_ => new List<StartSample>()).ToArray();
        var failures = new GoCrossException?[paths.Count];
        for (int turn = 0; turn < WarmUps + repeat; turn++)
        {
            for (int i = 0; i < paths.Count; i++)
            {
                if (failures[i] is not null)
                {
                    continue;
                }

                progress(i, turn + 1, WarmUps + repeat);
                try
                {
                    StartSample sample = await meter.RunAsync(paths[i], cancellation).ConfigureAwait(false);
                    if (turn >= WarmUps)
                    {
                        samples[i].Add(sample);
                    }
                }
                catch (GoCrossException e)
                {
                    failures[i] = e;
                }
            }
        }

        return [.. paths.Select((_, i) => failures[i] is { } failure ? (null, failure) : (StartMeasurement.Of(samples[i]), (GoCrossException?)null))];
    }
}
