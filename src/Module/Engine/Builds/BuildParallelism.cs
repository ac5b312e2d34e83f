using System.Globalization;

namespace GoCross.Builds;

/// <summary>How a machine's cores are shared: so many go commands at once, each with so many jobs of its own.</summary>
/// <param name="Builds">The go commands at once.</param>
/// <param name="Jobs">What each gets for -p and GOMAXPROCS; null leaves a single go command its own choice.</param>
public readonly record struct BuildParallelism(int Builds, int? Jobs)
{
    /// <summary>
    /// What one go command is taken to need, in bytes: its linker holds a large program two or three times.
    /// </summary>
    internal const long MemoryOfBuild = 512L << 20;

    /// <summary>
    /// Shares the cores out. go build by itself takes them all, so that N of them at once would run N times as many
    /// compilers as there are cores.
    /// </summary>
    /// <param name="builds">How many builds there are.</param>
    /// <param name="limit">The most at once; null for as many as there are cores and memory for.</param>
    /// <param name="cores">The machine's cores.</param>
    /// <param name="freeMemory">The memory that is free, in bytes; null where it is not known.</param>
    public static BuildParallelism Share(int builds, int? limit, int cores, long? freeMemory = null)
    {
        int fitting = freeMemory is { } bytes ? (int)Math.Clamp(bytes / MemoryOfBuild, 1, cores) : cores;
        int atOnce = Math.Max(1, Math.Min(builds, limit ?? fitting));
        return new BuildParallelism(atOnce, atOnce == 1 ? null : (cores + atOnce - 1) / atOnce);
    }

    /// <summary>
    /// The memory, in bytes, that programs can have before the kernel takes it from others: MemAvailable of proc(5) or what
    /// is left of the control group's limit; null where neither is told.
    /// </summary>
    public static long? FreeMemory()
    {
        GCMemoryInfo limits = GC.GetGCMemoryInfo();
        long? ofGroup = limits.TotalAvailableMemoryBytes > 0 ? limits.TotalAvailableMemoryBytes - limits.MemoryLoadBytes : null;
        long? ofMachine = MemAvailable();
        return (ofGroup, ofMachine) switch
        {
            ({ } group, { } machine) => Math.Min(group, machine),
            _ => ofMachine ?? ofGroup,
        };
    }

    private static long? MemAvailable()
    {
        const string Field = "MemAvailable:";
        try
        {
            string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
            return line is not null && long.TryParse(
                line[Field.Length..].Replace("kB", null, StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out long kibibytes)
                ? kibibytes * 1024
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
