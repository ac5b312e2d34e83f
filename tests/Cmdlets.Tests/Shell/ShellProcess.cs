using System.Diagnostics;

namespace GoCross.Cmdlets.Tests.Shell;

/// <summary>What a run of the shell gave.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error);

/// <summary>Runs the shell as a process of its own.</summary>
internal static class ShellProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The shell's program, as this build made it.</summary>
    internal static string Program => Path.Combine(AppContext.BaseDirectory, "gocross-shell.dll");

    /// <summary>Runs it to its end.</summary>
    internal static ShellResult Run(params string[] arguments) => Run(arguments, input: string.Empty);

    /// <summary>Runs it to its end, with a text as its standard input.</summary>
    internal static ShellResult Run(
        string[] arguments, string input, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = Start(arguments, environment);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return Finish(process);
    }

    /// <summary>Starts it.</summary>
    internal static Process Start(string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
            ? Environment.ProcessPath
            : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for its end.</summary>
    internal static ShellResult Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The shell had not ended after {Patience}.");
        }

        return new ShellResult(process.ExitCode, output.Result, error.Result);
    }
}
