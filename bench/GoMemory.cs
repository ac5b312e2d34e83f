namespace GoCross.Bench;

/// <summary>Watches how much memory go and its tools have at once: the sum of their resident sets, twenty times a second.</summary>
internal sealed class GoMemory : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly string[] Names = ["go", "compile", "link", "asm", "cgo"];

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    internal GoMemory() => _watching = Task.Run(WatchAsync);

    /// <summary>The most that was seen, in bytes.</summary>
    internal long Peak { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _watching.Wait();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Peak = Math.Max(Peak, Directory.EnumerateDirectories("/proc").Sum(Resident));
            await Task.Delay(Interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static long Resident(string process)
    {
        try
        {
            // proc(5): the second number of statm is the resident set, in pages.
            return Names.Contains(File.ReadAllText(Path.Combine(process, "comm")).TrimEnd())
                ? long.Parse(File.ReadAllText(Path.Combine(process, "statm")).Split(' ')[1]) * Environment.SystemPageSize
                : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No process, or one that has ended.
            return 0;
        }
    }
}
