using System.Runtime.InteropServices;

namespace GoCross.Runs;

/// <summary>
/// Has this thread run before all that is not as urgent, until it is disposed on the same thread: what watches a
/// program of a millisecond must not wait for a processor. Only root, or who has CAP_SYS_NICE, may; for others nothing is
/// changed, nor where there is one processor, which the program itself needs. What the thread starts meanwhile is as it ever
/// was (sched(7), SCHED_RESET_ON_FORK). Such a thread has to sleep most of the time.
/// </summary>
internal sealed class AheadOfOthers : IDisposable
{
    private const int Other = 0; // SCHED_OTHER
    private const int RoundRobinNotInherited = 2 | 0x40000000; // SCHED_RR | SCHED_RESET_ON_FORK
    private const int LeastPriority = 1;

    private bool _isAhead;

    /// <summary>Begins.</summary>
    internal AheadOfOthers()
    {
        int priority = LeastPriority;
        _isAhead = OperatingSystem.IsLinux() && Environment.ProcessorCount > 1 && SetScheduler(0, RoundRobinNotInherited, ref priority) == 0;
    }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        if (_isAhead)
        {
            _isAhead = false;
            int priority = 0;
            _ = SetScheduler(0, Other, ref priority);
        }
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, ref int priority);
}
