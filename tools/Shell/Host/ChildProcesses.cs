using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace GoCross.Shell.Host;

/// <summary>The processes that this one has started.</summary>
internal static class ChildProcesses
{
    /// <summary>Kills each of them with all that it has started itself. Knows how on Linux only.</summary>
    internal static void KillAll()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (int id in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Select(Id).OfType<int>())
        {
            if (ParentOf(id) != Environment.ProcessId)
            {
                continue;
            }

            try
            {
                using Process child = Process.GetProcessById(id);
                child.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception or AggregateException)
            {
                // It has ended, or is of a user that we may not kill.
            }
        }
    }

    private static int? Id(string? name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;

    // proc(5): PID (NAME) STATE PPID; the name may hold blanks and brackets.
    private static int? ParentOf(int id)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{id}/stat");
            return Id(status[(status.LastIndexOf(')') + 1)..].Split(' ')[2]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
