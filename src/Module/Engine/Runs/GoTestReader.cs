using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GoCross.Processes;

namespace GoCross.Runs;

/// <summary>
/// Reads what <c>go test -json</c> prints, an event a line (cmd/test2json), and gives a package's result with its last event.
/// Lines that are not events, which go prints when a package does not build, are passed over.
/// </summary>
/// <param name="onBegun">Gets the import path of each package when its first event is read.</param>
internal sealed partial class GoTestReader(Action<string>? onBegun = null)
{
    /// <summary>The most tests of a package that are reported by name.</summary>
    private const int MaxNames = 1000;

    private readonly Dictionary<string, Package> _packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutputCapture> _builds = new(StringComparer.Ordinal);

    /// <summary>Takes a line.</summary>
    /// <returns>The result of the package that the line ends, or null.</returns>
    internal Result? Add(string line)
    {
        if (!line.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return Add(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null; // A test's own output that begins like an event.
        }
    }

    private Result? Add(JsonElement entry)
    {
        string action = Text(entry, "Action") ?? string.Empty;
        string output = Text(entry, "Output") ?? string.Empty;
        if (Text(entry, "ImportPath") is { } built)
        {
            // From Go 1.24 on, what the compiler says is an event, too.
            Capture(_builds, built).Add(Encoding.UTF8.GetBytes(output));
            return null;
        }

        if (Text(entry, "Package") is not { } name)
        {
            return null;
        }

        if (!_packages.TryGetValue(name, out Package? package))
        {
            _packages[name] = package = new Package();
            onBegun?.Invoke(name);
        }

        if (Text(entry, "FailedBuild") is { } failedBuild && _builds.TryGetValue(failedBuild, out OutputCapture? said))
        {
            package.BuildOutput = said;
        }

        string? test = Text(entry, "Test");
        if (test is not null)
        {
            package.Follow(test, action);
        }

        switch (action)
        {
            case "output":
                package.Take(output);
                return null;
            case "pass" or "fail" or "skip" when test is null:
                _packages.Remove(name);
                return new Result(
                    name,
                    action,
                    package.Failed.ToArray(),
                    package.Running.ToArray(),
                    package.Others,
                    package.Output.ToString(),
                    package.BuildOutput?.ToString(),
                    package.Output.Length,
                    package.ExitCode,
                    package.Signal,
                    package.TimedOut,
                    package.BuildFailed,
                    TimeSpan.FromSeconds(entry.TryGetProperty("Elapsed", out JsonElement elapsed) ? elapsed.GetDouble() : 0));
            default:
                return null;
        }
    }

    private static OutputCapture Capture(Dictionary<string, OutputCapture> captures, string name)
    {
        if (!captures.TryGetValue(name, out OutputCapture? capture))
        {
            captures[name] = capture = new OutputCapture(RunOptions.OutputLimit);
        }

        return capture;
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    [GeneratedRegex("^exit status (?<code>[0-9]{1,3})$", RegexOptions.ExplicitCapture)]
    private static partial Regex ExitStatus();

    [GeneratedRegex("^signal: (?<name>[a-z ]+)( [(]core dumped[)])?$", RegexOptions.ExplicitCapture)]
    private static partial Regex EndedBySignal();

    /// <summary>What came of a package's tests.</summary>
    /// <param name="Package">The import path.</param>
    /// <param name="Action">pass, fail, or skip where it has no tests.</param>
    /// <param name="FailedTests">The tests that failed.</param>
    /// <param name="UnfinishedTests">The tests that had begun and did not end.</param>
    /// <param name="OtherTests">How many passed or were skipped.</param>
    /// <param name="Output">What the tests and go test wrote.</param>
    /// <param name="BuildOutput">What the compiler said, where it is reported for the package.</param>
    /// <param name="OutputLength">The bytes that were written.</param>
    /// <param name="ExitCode">The exit code of the tests' program, where go test tells it.</param>
    /// <param name="Signal">The signal that ended it, in the system's words, where one did.</param>
    /// <param name="TimedOut">Whether go test ended it at its time limit.</param>
    /// <param name="BuildFailed">Whether it did not build.</param>
    /// <param name="Elapsed">How long the package took, by go test's clock.</param>
    internal sealed record Result(
        string Package,
        string Action,
        IReadOnlyList<string> FailedTests,
        IReadOnlyList<string> UnfinishedTests,
        int OtherTests,
        string Output,
        string? BuildOutput,
        long OutputLength,
        int? ExitCode,
        string? Signal,
        bool TimedOut,
        bool BuildFailed,
        TimeSpan Elapsed);

    private sealed class Package
    {
        internal List<string> Failed { get; } = [];

        internal HashSet<string> Running { get; } = [];

        internal OutputCapture Output { get; } = new(RunOptions.OutputLimit);

        internal OutputCapture? BuildOutput { get; set; }

        internal int Others { get; private set; }

        internal int? ExitCode { get; private set; }

        internal string? Signal { get; private set; }

        internal bool TimedOut { get; private set; }

        internal bool BuildFailed { get; private set; }

        internal void Follow(string test, string action)
        {
            switch (action)
            {
                case "run" when Running.Count < MaxNames:
                    Running.Add(test);
                    break;
                case "fail":
                    Running.Remove(test);
                    if (Failed.Count < MaxNames)
                    {
                        Failed.Add(test);
                    }

                    break;
                case "pass" or "skip":
                    Running.Remove(test);
                    Others++;
                    break;
            }
        }

        internal void Take(string output)
        {
            Output.Add(Encoding.UTF8.GetBytes(output));
            string line = output.TrimEnd('\n');
            TimedOut |= line.StartsWith("panic: test timed out after ", StringComparison.Ordinal);
            BuildFailed |= line.StartsWith("FAIL\t", StringComparison.Ordinal)
                && (line.EndsWith("[build failed]", StringComparison.Ordinal) || line.EndsWith("[setup failed]", StringComparison.Ordinal));
            if (ExitStatus().Match(line) is { Success: true } status)
            {
                ExitCode = int.Parse(status.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
            }
            else if (EndedBySignal().Match(line) is { Success: true } signal)
            {
                Signal = signal.Groups["name"].Value;
            }
        }
    }
}
