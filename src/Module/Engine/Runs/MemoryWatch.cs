using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Runs;

/// <summary>
/// Follows the kernel's high-water mark of a process's memory (VmHWM of /proc/PID/status). The mark is gone with the
/// process, and what a parent is told of its child afterwards (ru_maxrss) is the parent's own mark where that is higher, as
/// it is in PowerShell. So it is read as long as the process runs: all the time at first, then every millisecond.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    /// <summary>How long it is read without a pause: short programs live no longer.</summary>
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(10);

    private readonly Thread? _thread;
    private long _peak;
    private volatile bool _ended;

    private MemoryWatch(int processId)
    {
        if (OperatingSystem.IsLinux() && TryOpen(processId) is { } status)
        {
            // Once at once: a thread may take longer to begin than a short program to end.
            Look(status);
            _thread = new Thread(() => Follow(status)) { IsBackground = true, Name = nameof(MemoryWatch) };
            _thread.Start();
        }
    }

    /// <summary>The highest mark that was seen, in bytes; null where none was.</summary>
    internal long? Peak => Interlocked.Read(ref _peak) is > 0 and long peak ? peak : null;

    /// <summary>Follows a process that has just been started.</summary>
    internal static MemoryWatch Start(int processId) => new(processId);

    /// <summary>Ends the following.</summary>
    public void Dispose()
    {
        _ended = true;
        _thread?.Join();
    }

    private static SafeFileHandle? TryOpen(int processId)
    {
        try
        {
            return File.OpenHandle($"/proc/{processId}/status");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended.
        }
    }

    private void Follow(SafeFileHandle status)
    {
        long started = Stopwatch.GetTimestamp();
        using (status)
        {
            while (!_ended && Look(status))
            {
                Thread.Sleep(Stopwatch.GetElapsedTime(started) < Eager ? 0 : 1);
            }
        }
    }

    private bool Look(SafeFileHandle status)
    {
        try
        {
            if (ReadMark(status) is not { } mark)
            {
                return false;
            }

            Interlocked.Exchange(ref _peak, mark);
            return true;
        }
        catch (IOException)
        {
            return false; // It has ended.
        }
    }

    // The kernel makes the text anew for each read from its beginning. A process that has ended has no such line.
    private static long? ReadMark(SafeFileHandle status)
    {
        const int Enough = 4096;
        const int BytesInKilobyte = 1024; // The kernel's kB.
        Span<byte> buffer = stackalloc byte[Enough];
        ReadOnlySpan<byte> text = buffer[..RandomAccess.Read(status, buffer, 0)];
        int at = text.IndexOf("VmHWM:"u8);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> value = text[(at + "VmHWM:".Length)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(value, out long kilobytes, out _) ? kilobytes * BytesInKilobyte : null;
    }
}
