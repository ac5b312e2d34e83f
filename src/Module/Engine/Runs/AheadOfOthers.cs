using System.Runtime.InteropServices;

namespace GoCross.Runs;

/// <summary>
/// Has this thread run before all that is not as urgent, until it is disposed on the same thread: what watches a
/// program of a millisecond must not wait for a processor. Only root, or who has CAP_SYS_NICE, may. Others get short slices,
/// which Linux 6.12 and newer begin at once on waking, and no more time in all. Nothing is changed where there is one
/// processor, which the program itself needs. What the thread starts meanwhile is as it ever was (sched(7),
/// SCHED_RESET_ON_FORK). Such a thread has to sleep most of the time.
/// </summary>
internal sealed class AheadOfOthers : IDisposable
{
    private const int Other = 0; // SCHED_OTHER
    private const int RoundRobinNotInherited = 2 | 0x40000000; // SCHED_RR | SCHED_RESET_ON_FORK
    private const int LeastPriority = 1;

    private const int AttributeSize = 48; // sizeof(struct sched_attr), its first version
    private const int FlagsOffset = 8; // sched_flags
    private const int RuntimeOffset = 24; // sched_runtime: the slice in nanoseconds, 0 for the kernel's own
    private const ulong NotInherited = 1; // SCHED_FLAG_RESET_ON_FORK
    private const ulong ShortSlice = 100_000; // the shortest there is

    /// <summary>The numbers of the system calls sched_setattr and sched_getattr, which the C library has no functions for.</summary>
    private static readonly (nint Set, nint Get) AttributeCalls = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (314, 315),
        Architecture.Arm64 => (274, 275),
        _ => default,
    };

    private bool _isShort;

    /// <summary>Begins.</summary>
    internal AheadOfOthers()
    {
        if (OperatingSystem.IsLinux() && Environment.ProcessorCount > 1)
        {
            int priority = LeastPriority;
            IsFirst = SetScheduler(0, RoundRobinNotInherited, ref priority) == 0;
            _isShort = !IsFirst && TrySetSlice(ShortSlice);
        }
    }

    /// <summary>Whether it runs before all others; otherwise it has its share of time, like them.</summary>
    internal bool IsFirst { get; private set; }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        if (IsFirst)
        {
            IsFirst = false;
            int priority = 0;
            _ = SetScheduler(0, Other, ref priority);
        }

        if (_isShort)
        {
            _isShort = false;
            TrySetSlice(0);
        }
    }

    // All else of the thread is left as it is.
    private static bool TrySetSlice(ulong nanoseconds)
    {
        byte[] attributes = new byte[AttributeSize];
        if (AttributeCalls.Set == 0 || GetAttributes(AttributeCalls.Get, 0, attributes, AttributeSize, 0) != 0)
        {
            return false;
        }

        // The flag stays with the thread: who may not run before others may not take it back (sched_setattr(2)).
        BitConverter.TryWriteBytes(attributes.AsSpan(FlagsOffset), NotInherited);
        BitConverter.TryWriteBytes(attributes.AsSpan(RuntimeOffset), nanoseconds);
        return SetAttributes(AttributeCalls.Set, 0, attributes, 0) == 0;
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, ref int priority);

    [DllImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint GetAttributes(nint number, nint thread, [Out] byte[] attributes, nint size, nint flags);

    [DllImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SetAttributes(nint number, nint thread, [In] byte[] attributes, nint flags);
}
