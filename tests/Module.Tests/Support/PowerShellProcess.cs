using System.Diagnostics;

namespace GoCross.Tests;

/// <summary>What a run of PowerShell gave.</summary>
internal sealed record PowerShellResult(int ExitCode, string Output, string Error);

/// <summary>Runs scripts in a process of the pwsh that .config/dotnet-tools.json names.</summary>
internal static class PowerShellProcess
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private static readonly Lazy<string> Location = new(Find);

    /// <summary>The assembly of pwsh: the first argument of <c>dotnet</c>.</summary>
    /// <exception cref="InvalidOperationException">The tools of the checkout are not restored.</exception>
    internal static string Assembly => Location.Value;

    /// <summary>The arguments of <c>dotnet</c> that run a script, with no profile and no questions.</summary>
    /// <param name="script">The script.</param>
    /// <param name="import">Whether the checkout's module is imported first.</param>
    internal static IReadOnlyList<string> Arguments(string script, bool import = true) =>
        [Assembly, "-NoProfile", "-NonInteractive", "-Command", import ? $"Import-Module '{Checkout.Manifest}' -ErrorAction Stop; {script}" : script];

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">The script.</param>
    /// <param name="folder">Where it starts; the temporary folder unless given.</param>
    /// <param name="environment">Variables to set, or with null to take out.</param>
    /// <param name="import">Whether the checkout's module is imported first.</param>
    internal static PowerShellResult Run(
        string script, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null, bool import = true)
    {
        using Process process = Start("dotnet", Arguments(script, import), folder, environment);
        return Finish(process);
    }

    /// <summary>Starts a program with its streams redirected, and nothing on its standard input.</summary>
    internal static Process Start(
        string program, IReadOnlyList<string> arguments, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Waits for the end of what <see cref="Start"/> gave.</summary>
    /// <exception cref="TimeoutException">It had not ended after five minutes, and was killed.</exception>
    internal static PowerShellResult Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"PowerShell had not ended after {Timeout}.");
        }

        return new PowerShellResult(process.ExitCode, output.Result, error.Result);
    }

    private static string Find()
    {
        using Process process = Start("dotnet", ["pwsh", "-NoProfile", "-NonInteractive", "-Command", "$PSHOME"], Checkout.Root);
        PowerShellResult result = Finish(process);
        return result.ExitCode == 0
            ? Path.Combine(result.Output.TrimEnd(), "pwsh.dll")
            : throw new InvalidOperationException(
                $"\"dotnet pwsh\" ended with {result.ExitCode}. Run \"dotnet tool restore\" in {Checkout.Root}.\n{result.Output}{result.Error}");
    }
}
