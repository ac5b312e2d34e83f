using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace GoCross.Processes;

/// <summary>
/// A mark in the environment of a program that every process it starts inherits. Killing a tree goes from parents to
/// children, and a program of several threads can start one more child between the list and the kill; that child has
/// no parent left to be found by. The mark finds it.
/// </summary>
internal sealed class ProcessMark
{
    /// <summary>The variable that holds the mark.</summary>
    internal const string Variable = "GOCROSS_RUN";

    /// <summary>How long the kernel is waited for to do away with what was killed.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly byte[] _entry;

    internal ProcessMark()
    {
        Value = Guid.NewGuid().ToString("N");
        _entry = Encoding.ASCII.GetBytes($"{Variable}={Value}");
    }

    /// <summary>The mark: nobody else has it.</summary>
    internal string Value { get; }

    /// <summary>Kills every process that bears the mark, and returns when there is none. Linux; elsewhere it does nothing.</summary>
    /// <returns>How many there were.</returns>
    internal async Task<int> KillBearersAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var killed = new HashSet<int>();

        // A process that is just executing a program has no environment for a moment, so it takes two looks.
        long started = Stopwatch.GetTimestamp();
        for (int clean = 0; clean < 2 && Stopwatch.GetElapsedTime(started) < Timeout;)
        {
            bool any = false;
            foreach (int id in Bearers())
            {
                any = true;
                killed.Add(id);
                Kill(id);
            }

            clean = any ? 0 : clean + 1;
            await Task.Delay(Pause).ConfigureAwait(false);
        }

        return killed.Count;
    }

    private IEnumerable<int> Bearers() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(folder.AsSpan()), out int number) ? number : 0
        where id != 0 && id != Environment.ProcessId && Bears(folder)
        select id;

    private bool Bears(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan().IndexOf(_entry) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to another user, whom we cannot have started.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended meanwhile.
        }
    }
}
