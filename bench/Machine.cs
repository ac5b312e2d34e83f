using System.Globalization;
using System.Runtime.InteropServices;

namespace GoCross.Bench;

/// <summary>Which machine the figures are of.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, memory, system, .NET, pwsh, and how busy it is: the load of the last minutes.</summary>
    internal static string Describe()
    {
        string processor = Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        string memory = (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30)).ToString("0", CultureInfo.InvariantCulture);
        string pwsh = Peer.PowerShell("$PSVersionTable.PSVersion.ToString()", import: false).Trim();
        string load = File.Exists("/proc/loadavg") ? string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";
        return $"{processor}, {Environment.ProcessorCount} cores, {memory} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
            + $"pwsh {pwsh}, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, load over 1, 5 and 15 minutes {load}";
    }

    private static string? Line(string path, string name) => !File.Exists(path)
        ? null
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
