using System.Runtime.InteropServices;

namespace GoCross.Runs;

/// <summary>
/// Learns which signal ended a child process, and how many page faults it had. .NET gives 128 + n for signal n, which a program can also end with by itself;
/// the kernel tells them apart, and is asked without taking the child's end away from .NET (WNOWAIT). .NET takes it soon, and
/// then the kernel has forgotten: the thread that asks is ready before the child is started, and on a busy machine it may
/// still come too late.
/// </summary>
internal sealed class ExitWatch : IDisposable
{
    /// <summary>What .NET adds to the number of a signal (System.Diagnostics.Process on Unix).</summary>
    private const int SignalBase = 128;

    private const int None = -1;
    private const int ProcessById = 1; // P_PID
    private const int Exited = 4; // WEXITED
    private const int LeaveWaitable = 0x01000000; // WNOWAIT
    private const int Interrupted = 4; // EINTR
    private const int CodeExited = 1; // CLD_EXITED
    private const int InfoSize = 128; // sizeof(siginfo_t)
    private const int CodeOffset = 8; // si_code

    /// <summary>si_status: after signal, error, code, process and user; on 64 bits the union begins at a multiple of 8.</summary>
    private static readonly int StatusOffset = IntPtr.Size == 8 ? 24 : 20;

    private const int UsageSize = 144; // sizeof(struct rusage) on 64 bits
    private const int FaultsOffset = 64; // ru_minflt, after two times and four numbers

    /// <summary>The number of the system call waitid, which gives more than the C library's function; 0 where it is not known.</summary>
    private static readonly int WaitIdNumber = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 247,
        Architecture.Arm64 => 95,
        _ => 0,
    };

    private int _processId;

    /// <summary>Gets ready for a child that is about to be started.</summary>
    internal ExitWatch() => End = OperatingSystem.IsLinux()
        ? Task.Factory.StartNew(Follow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        : Task.FromResult<ProcessEnd?>(null);

    /// <summary>How the child ended; null where .NET was faster and the kernel has forgotten.</summary>
    internal Task<ProcessEnd?> End { get; }

    /// <summary>Says which child it is, as soon as that is known.</summary>
    internal void Begin(int processId) => Volatile.Write(ref _processId, processId);

    /// <summary>Gives up where no child was started.</summary>
    public void Dispose() => Interlocked.CompareExchange(ref _processId, None, 0);

    /// <summary>The signal that ended a program, or null where none did.</summary>
    /// <param name="exitCode">What .NET says.</param>
    /// <param name="watched">What <see cref="End"/> gave: 0 for no signal.</param>
    /// <param name="isExpected">Whether the caller expects that exit code, which decides where the kernel has forgotten.</param>
    internal static int? SignalOf(int exitCode, int? watched, bool isExpected) => watched switch
    {
        0 => null,
        { } signal => signal,
        null when isExpected => null,
        null when !OperatingSystem.IsWindows() && exitCode is > SignalBase and <= SignalBase + ProcessSignal.Last => exitCode - SignalBase,
        _ => null,
    };

    private ProcessEnd? Follow()
    {
        // To start a process takes a millisecond or two; to wake a thread can take as long as a short program lives.
        var spin = default(SpinWait);
        int processId;
        while ((processId = Volatile.Read(ref _processId)) == 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        return processId == None ? null : Wait(processId);
    }

    private static ProcessEnd? Wait(int processId)
    {
        byte[] info = new byte[InfoSize];
        byte[] usage = new byte[UsageSize];
        int failed;
        do
        {
            failed = (WaitIdNumber == 0
                ? WaitId(ProcessById, processId, info, Exited | LeaveWaitable)
                : Call(WaitIdNumber, ProcessById, processId, info, Exited | LeaveWaitable, usage)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (failed == Interrupted);

        if (failed != 0)
        {
            return null;
        }

        return new ProcessEnd(
            BitConverter.ToInt32(info, CodeOffset) == CodeExited ? 0 : BitConverter.ToInt32(info, StatusOffset),
            WaitIdNumber == 0 ? null : BitConverter.ToInt64(usage, FaultsOffset));
    }

    [DllImport("libc", EntryPoint = "waitid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitId(int idType, int id, [Out] byte[] info, int options);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Call(nint number, nint idType, nint id, [Out] byte[] info, nint options, [Out] byte[] usage);

    /// <summary>How a child ended.</summary>
    /// <param name="Signal">The number of the signal that ended it, 0 where it ended by itself.</param>
    /// <param name="Faults">Its minor page faults, with those of the children that it waited for; null where that is not known.</param>
    internal readonly record struct ProcessEnd(int Signal, long? Faults);
}
