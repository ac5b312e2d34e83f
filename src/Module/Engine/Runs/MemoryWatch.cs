using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Runs;

/// <summary>
/// Follows the kernel's high-water mark of a process's memory (VmHWM of /proc/PID/status). The mark is gone with the
/// process, and what a parent is told of its child afterwards (ru_maxrss) is the parent's own mark where that is higher, as
/// it is in PowerShell. So it is read as long as the process runs: with short pauses at first, then every millisecond.
/// Whether the last reading is the peak is told by the page faults: memory does not grow without one, and how many there were
/// in all is known at the end.
/// <para>
/// Nothing certain was found without privileges: process accounting, taskstats and control groups want root; ptrace could stop
/// the process at its end, but as its source reads, .NET's handler of SIGCHLD takes the stop of a child for its end, whatever
/// thread traces it; and the kernel throws the mark away before it closes the process's pipes.
/// </para>
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    /// <summary>How long it is read with short pauses: short programs live no longer.</summary>
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(10);

    /// <summary>The same where the process has hardly run in that time, as it waits for a processor.</summary>
    private static readonly TimeSpan EagerOnBusyMachine = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Between two readings then. Who sleeps is given a processor at once on waking, and whoever else wants it is not kept off;
    /// one that never pauses is set aside, on a busy machine, for as long as a short program lives.
    /// </summary>
    private const uint ShortPauseMicroseconds = 20;

    /// <summary>The same where others have their share, too: who takes more than his waits.</summary>
    private const uint SharedPauseMicroseconds = 100;

    /// <summary>A reading counts where what may be missing is no more than a hundredth of it.</summary>
    private const int Tolerance = 100;

    private const int SetTimerSlackOption = 29; // PR_SET_TIMERSLACK

    private readonly Thread? _thread;
    private readonly ManualResetEventSlim _begun = new();
    private readonly object _gate = new();
    private string _folder = string.Empty;
    private (SafeFileHandle Status, SafeFileHandle Counters)? _files;
    private Reading? _last;
    private long? _faultsAtEnd;
    private volatile bool _ended;

    /// <summary>Gets ready for a process that is about to be started: to begin a thread can take longer than it lives.</summary>
    internal MemoryWatch()
    {
        if (OperatingSystem.IsLinux())
        {
            _thread = new Thread(Follow) { IsBackground = true, Name = nameof(MemoryWatch) };
            _thread.Start();
        }
    }

    /// <summary>Follows a process that has just been started.</summary>
    internal void Begin(int processId)
    {
        _folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/");
        if (TryOpen() is not var (status, counters))
        {
            return;
        }

        // Once at once: it may have ended before the thread wakes.
        Look(status, counters);
        _files = (status, counters);
        _begun.Set();
    }

    /// <summary>The highest mark so far, in bytes, of a process that still runs; null where none was seen.</summary>
    internal long? PeakSoFar
    {
        get
        {
            lock (_gate)
            {
                return _last?.Peak;
            }
        }
    }

    /// <summary>What it holds in memory, in bytes, as last seen; null where nothing was seen.</summary>
    internal long? Resident
    {
        get
        {
            lock (_gate)
            {
                return _last?.Resident;
            }
        }
    }

    /// <summary>Reads at once, of the process that was begun with, if there is one and it runs.</summary>
    internal void ReadNow()
    {
        if (TryOpen() is var (status, counters))
        {
            using (status)
            using (counters)
            {
                Look(status, counters);
            }
        }
    }

    /// <summary>The peak of a process that has ended, in bytes; null where it may have grown after the last reading.</summary>
    /// <param name="faults">Its page faults in all, where the kernel could be asked; null for what was seen here.</param>
    internal long? PeakOf(long? faults)
    {
        End();
        if (_last is not { } last || (faults ?? _faultsAtEnd) is not { } all)
        {
            return null;
        }

        long upperBound = Math.Max(last.Peak, last.Resident + (Math.Max(0, all - last.Faults) * Environment.SystemPageSize));
        return upperBound - last.Peak <= last.Peak / Tolerance ? last.Peak : null;
    }

    /// <summary>Ends the following.</summary>
    public void Dispose()
    {
        End();
        _begun.Dispose();
    }

    private void End()
    {
        _ended = true;
        _begun.Set();
        _thread?.Join();
    }

    private (SafeFileHandle Status, SafeFileHandle Counters)? TryOpen()
    {
        if (_thread is null || _folder.Length == 0)
        {
            return null;
        }

        SafeFileHandle? status = null;
        try
        {
            status = File.OpenHandle(_folder + "status");
            return (status, File.OpenHandle(_folder + "stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            status?.Dispose();
            return null; // It has ended.
        }
    }

    private void Follow()
    {
        using var ahead = new AheadOfOthers();
        _ = SetTimerSlack(SetTimerSlackOption, 1);
        _begun.Wait();
        if (_files is not var (status, counters))
        {
            return;
        }

        long started = Stopwatch.GetTimestamp();
        using (status)
        using (counters)
        {
            while (!_ended && Look(status, counters))
            {
                TimeSpan since = Stopwatch.GetElapsedTime(started);
                if (since > EagerOnBusyMachine || (since > Eager && TimeRun() > Eager))
                {
                    Thread.Sleep(1);
                }
                else
                {
                    _ = MicroSleep(ahead.IsFirst ? ShortPauseMicroseconds : SharedPauseMicroseconds);
                }
            }
        }
    }

    // How long it has had a processor, the first field of /proc/PID/schedstat (Documentation/scheduler/sched-stats.rst).
    private TimeSpan TimeRun()
    {
        try
        {
            string text = File.ReadAllText(_folder + "schedstat");
            return TimeSpan.FromMilliseconds(long.Parse(text.AsSpan(0, text.IndexOf(' ')), CultureInfo.InvariantCulture) / 1e6);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return TimeSpan.MaxValue; // It has ended, or the kernel does not count.
        }
    }

    // The faults are read first: what comes between the two counts as growth, and never the other way round.
    private bool Look(SafeFileHandle status, SafeFileHandle counters)
    {
        try
        {
            Span<byte> buffer = stackalloc byte[4096];
            long? faults = ReadFaults(counters, buffer);
            ReadOnlySpan<byte> text = buffer[..RandomAccess.Read(status, buffer, 0)];
            if (faults is not { } count || Kilobytes(text, "VmHWM:"u8) is not { } peak || Kilobytes(text, "VmRSS:"u8) is not { } resident)
            {
                // Its memory is gone, and its counters are there until somebody waits for it.
                _faultsAtEnd = ReadFaults(counters, buffer);
                return false;
            }

            lock (_gate)
            {
                _last = new Reading(peak, resident, count);
            }

            return true;
        }
        catch (IOException)
        {
            return false; // It has ended.
        }
    }

    // proc(5), /proc/pid/stat: the name, which may hold anything, ends with the last parenthesis; minflt and cminflt are
    // the tenth field and the eleventh.
    private static long? ReadFaults(SafeFileHandle counters, Span<byte> buffer)
    {
        const int FieldsBetween = 7;
        ReadOnlySpan<byte> text = buffer[..RandomAccess.Read(counters, buffer, 0)];
        text = text[(text.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        for (int field = 0; field < FieldsBetween; field++)
        {
            text = text[(text.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(text, out long own, out int length)
            && Utf8Parser.TryParse(text[Math.Min(length + 1, text.Length)..], out long children, out _)
                ? own + children
                : null;
    }

    /// <summary>An amount of memory in the text of /proc/pid/status, in bytes; null where there is none: the process has ended.</summary>
    internal static long? Kilobytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        const int BytesInKilobyte = 1024; // The kernel's kB.
        int at = text.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(text[(at + name.Length)..].TrimStart(" \t"u8), out long kilobytes, out _)
            ? kilobytes * BytesInKilobyte
            : null;
    }

    [DllImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MicroSleep(uint microseconds);

    // How late the kernel may end this thread's pauses, in nanoseconds: 50,000 unless this says otherwise (prctl(2)).
    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetTimerSlack(int option, nuint nanoseconds);

    /// <summary>What was read at once.</summary>
    /// <param name="Peak">VmHWM in bytes.</param>
    /// <param name="Resident">VmRSS in bytes.</param>
    /// <param name="Faults">Minor page faults, those of its children that it has waited for among them.</param>
    private readonly record struct Reading(long Peak, long Resident, long Faults);
}
