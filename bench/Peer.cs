using System.Diagnostics;

namespace GoCross.Bench;

/// <summary>Starts the programs that are compared with, and pwsh.</summary>
internal static class Peer
{
    /// <summary>Runs a program to its end and returns what it wrote to standard output.</summary>
    /// <param name="program">A name on the PATH, or a path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to set.</param>
    internal static string Run(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Start(program, arguments, environment).Output;

    /// <summary>Runs a script in a process of pwsh, with the module imported.</summary>
    /// <exception cref="InvalidOperationException">The script failed.</exception>
    internal static string PowerShell(string script, params (string Name, string Value)[] environment) => PowerShell(script, import: true, environment);

    /// <summary>Runs a script in a process of pwsh.</summary>
    /// <exception cref="InvalidOperationException">The script failed.</exception>
    internal static string PowerShell(string script, bool import, params (string Name, string Value)[] environment)
    {
        (int exitCode, string output, string errors) = Start("dotnet", PowerShellProcess.Arguments(script, import), environment);
        return exitCode == 0 ? output : throw new InvalidOperationException(output + errors);
    }

    private static (int ExitCode, string Output, string Errors) Start(
        string program, IEnumerable<string> arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
