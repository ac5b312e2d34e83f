using System.Diagnostics;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>What an import costs whoever does it: in a fresh process, for an assembly is never unloaded.</summary>
public sealed class ImportTests
{
    [Fact]
    public void Import_loads_nothing_of_the_bridge_to_Docker()
    {
        PowerShellResult result = PowerShellProcess.Run(
            "[System.AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.Location }");
        string[] loaded = result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string bin = Path.Combine(Checkout.Root, "bin") + Path.DirectorySeparatorChar;
        string bridge = Path.Combine(bin, "lib");

        Assert.Contains(bin + "GoCross.Cmdlets.dll", loaded);
        Assert.DoesNotContain(loaded, path => path.StartsWith(bridge, StringComparison.Ordinal));
        Assert.DoesNotContain(loaded, path => Path.GetFileName(path) == "Docker.DotNet.dll");

        // PowerShell loads a Newtonsoft.Json of its own when it needs one; the module adds none to it.
        Assert.Single(loaded, path => Path.GetFileName(path) == "Newtonsoft.Json.dll");
    }

    [ToolFact("strace")]
    public void Import_starts_no_process_and_asks_no_network()
    {
        string trace = Path.GetTempFileName();
        try
        {
            using Process process = PowerShellProcess.Start(
                Tools.Require("strace"), ["-f", "-qq", "-e", "trace=execve,connect", "-o", trace, "dotnet", .. PowerShellProcess.Arguments("1")]);

            Assert.Equal(0, PowerShellProcess.Finish(process).ExitCode);
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
