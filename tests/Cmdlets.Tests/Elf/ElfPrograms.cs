using System.Diagnostics;

namespace GoCross.Cmdlets.Tests.Elf;

/// <summary>Builds what the tests of Get-ElfDependency look at.</summary>
internal static class ElfPrograms
{
    /// <summary>Builds a static Go program that does nothing, in a folder.</summary>
    internal static string BuildGo(string folder, string system = "linux")
    {
        string source = Path.Combine(folder, "source-" + system);
        Directory.CreateDirectory(source);
        File.WriteAllText(Path.Combine(source, "go.mod"), "module example.test/nothing\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(source, "main.go"), "package main\n\nfunc main() {}\n");
        string program = Path.Combine(folder, "nothing-" + system);
        Run("go", ["build", "-o", program, "."], source, system);
        return program;
    }

    internal static void Run(string tool, IEnumerable<string> arguments, string folder, string system = "linux")
    {
        var start = new ProcessStartInfo(Tools.Require(tool), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CGO_ENABLED"] = "0";
        start.Environment["GOOS"] = system;
        start.Environment["GOARCH"] = "amd64";
        start.Environment["GOWORK"] = "off";
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOTOOLCHAIN"] = "local";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool}: {error}{output.Result}");
    }
}
