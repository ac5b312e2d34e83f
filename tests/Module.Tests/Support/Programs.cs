using GoCross.Processes;

namespace GoCross.Tests;

/// <summary>Runs the independent programs.</summary>
public static class Programs
{
    // What hangs is to fail its test, not to hold up the run.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Runs a program in the C locale and returns how it ended.</summary>
    /// <param name="name">A program that the test has made sure of with <see cref="ToolFactAttribute"/>, or a path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs; the temporary folder unless given.</param>
    /// <param name="environment">Variables to set, or with null to take out.</param>
    public static ProcessResult Run(
        string name,
        IReadOnlyList<string> arguments,
        string? folder = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        var variables = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>()) { ["LC_ALL"] = "C" };
        return ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = Path.IsPathRooted(name) ? name : Tools.Require(name),
                Arguments = arguments,
                WorkingDirectory = folder ?? Path.GetTempPath(),
                Environment = variables,
            },
            timeout.Token).GetAwaiter().GetResult();
    }

    /// <summary>Runs a program that has to succeed, and returns what it wrote to standard output.</summary>
    public static string Output(
        string name,
        IReadOnlyList<string> arguments,
        string? folder = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        ProcessResult result = Run(name, arguments, folder, environment);
        Assert.True(result.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {result.ExitCode}\n{result.StandardError}");
        return result.StandardOutput;
    }
}
