using System.Diagnostics;
using GoCross.Cmdlets.Tests.Shell;
using GoCross.Tests;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>What an import costs whoever does it: in a fresh process, for an assembly is never unloaded.</summary>
public sealed class ImportTests
{
    [Fact]
    public void Import_loads_nothing_of_the_bridge_to_Docker()
    {
        ShellResult result = ShellProcess.Run(
            "-Command", "[System.AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name }");
        string[] loaded = result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        Assert.Contains("GoCross.Cmdlets", loaded);
        Assert.DoesNotContain("GoCross.Docker", loaded);
        Assert.DoesNotContain("Docker.DotNet", loaded);
        Assert.DoesNotContain("Newtonsoft.Json", loaded);
    }

    [ToolFact("strace")]
    public void Import_starts_no_process_and_asks_no_network()
    {
        string trace = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Tools.Require("strace"))
            {
                ArgumentList = { "-f", "-qq", "-e", "trace=execve,connect", "-o", trace, "dotnet", ShellProcess.Program, "-Command", "1" },
            };
            using Process process = Process.Start(start)!;
            process.WaitForExit();

            Assert.Equal(0, process.ExitCode);
            string[] calls = File.ReadAllLines(trace);
            Assert.Single(calls, call => call.Contains("execve(", StringComparison.Ordinal) && call.EndsWith("= 0", StringComparison.Ordinal));
            Assert.DoesNotContain(calls, call => call.Contains("AF_INET", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(trace);
        }
    }
}
