namespace GoCross.Builds;

/// <summary>How a machine's cores are shared: so many go commands at once, each with so many jobs of its own.</summary>
/// <param name="Builds">The go commands at once.</param>
/// <param name="Jobs">What each gets for -p and GOMAXPROCS; null leaves a single go command its own choice.</param>
public readonly record struct BuildParallelism(int Builds, int? Jobs)
{
    /// <summary>
    /// Shares the cores out. go build by itself takes them all, so that N of them at once would run N times as many
    /// compilers as there are cores.
    /// </summary>
    /// <param name="builds">How many builds there are.</param>
    /// <param name="limit">The most at once; null for as many as there are cores.</param>
    /// <param name="cores">The machine's cores.</param>
    public static BuildParallelism Share(int builds, int? limit, int cores)
    {
        int atOnce = Math.Max(1, Math.Min(builds, limit ?? cores));
        return new BuildParallelism(atOnce, atOnce == 1 ? null : (cores + atOnce - 1) / atOnce);
    }
}
