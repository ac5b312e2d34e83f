namespace GoCross.Cmdlets.Tests.Builds;

/// <summary>Looks at the processes of this machine, but this one.</summary>
internal static class RunningProcesses
{
    /// <summary>The command lines of those that a condition on command line and environment holds for.</summary>
    internal static List<string> That(Func<string, string, bool> condition)
    {
        List<string> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int id) || id == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                string command = File.ReadAllText(Path.Combine(folder, "cmdline"));
                if (condition(command, File.ReadAllText(Path.Combine(folder, "environ"))))
                {
                    found.Add(command.Replace('\0', ' '));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
            }
        }

        return found;
    }
}
