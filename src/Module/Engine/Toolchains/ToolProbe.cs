using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Processes;

namespace GoCross.Toolchains;

/// <summary>Finds tools and asks each its version. Nothing else is executed.</summary>
public sealed class ToolProbe
{
    /// <summary>How long a tool may take to say its version. A slow machine's first start of one takes a second.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The most that is kept of what a tool says, in bytes; a version is in the first hundred.</summary>
    private const int OutputLimit = 16 * 1024;

    private readonly string? _go;
    private readonly Distribution _distribution;
    private readonly TimeSpan _timeout;

    /// <summary>Prepares the asking.</summary>
    /// <param name="goPath">The go command or a GOROOT, as a full path; null to look on PATH, in GOROOT and where installers put it.</param>
    /// <exception cref="GoCrossException">GoPathInvalid.</exception>
    public ToolProbe(string? goPath)
        : this(goPath, Distribution.Current, Timeout)
    {
    }

    /// <summary>The same for another system and another timeout.</summary>
    internal ToolProbe(string? goPath, Distribution distribution, TimeSpan timeout)
    {
        try
        {
            _go = GoLocator.Locate(goPath);
        }
        catch (GoCrossException e) when (e.Kind == ErrorKind.ToolMissing)
        {
            _go = null; // It is among what is missing.
        }

        _distribution = distribution;
        _timeout = timeout;
    }

    /// <summary>The names of all tools, in the order in which they are reported.</summary>
    public static IReadOnlyList<string> Names => [.. ToolCatalogue.All.Select(tool => tool.Name)];

    /// <summary>Looks for a tool and asks its version.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="cancellation">Ends the asking and the tool.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Toolchain> FindAsync(string name, CancellationToken cancellation)
    {
        ToolDefinition tool = ToolCatalogue.Find(name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, null);
        string? path = tool == ToolCatalogue.Go
            ? _go
            : tool.Programs.Select(ProgramLookup.Find).FirstOrDefault(found => found is not null);
        (string? version, string? problem) = path is null
            ? (null, null)
            : await AskAsync(tool, path, cancellation).ConfigureAwait(false);
        string? command = tool.Installation.CommandFor(_distribution);
        return new Toolchain
        {
            Name = tool.Name,
            Kind = tool.Kind,
            Target = tool.Target,
            Version = version,
            Path = path,
            Problem = problem,
            NeededFor = tool.NeededFor,
            InstallCommand = command,
            InstallNote = command is null ? tool.Installation.Otherwise : null,
        };
    }

    private async Task<(string? Version, string? Problem)> AskAsync(
        ToolDefinition tool, string path, CancellationToken cancellation)
    {
        string command = string.Join(' ', tool.VersionArguments.Prepend(Path.GetFileName(path)));
        var output = new OutputCapture(OutputLimit);
        var error = new OutputCapture(OutputLimit);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(_timeout);
        try
        {
            ProcessResult result = await ChildProcess.RunAsync(
                new ProcessRequest
                {
                    FileName = path,
                    Arguments = tool.VersionArguments,
                    WorkingDirectory = Path.GetTempPath(),
                    Environment = EnvironmentOf(tool),
                    OutputCapture = output,
                    ErrorCapture = error,
                    KillLeftovers = true,
                },
                timeout.Token).ConfigureAwait(false);
            string said = FirstLine(output.ToString()) ?? FirstLine(error.ToString()) ?? string.Empty;
            return (result.ExitCode, ToolDefinition.ReadVersion(said)) switch
            {
                (0, { } version) => (version, null),
                (0, null) => (null, TextFormat.Fill(Texts.ToolProblemNoVersion, command, said)),
                _ when said.Length == 0 => (null, TextFormat.Fill(Texts.ToolProblemFailedSilently, command, result.ExitCode)),
                _ => (null, TextFormat.Fill(Texts.ToolProblemFailed, command, result.ExitCode, said)),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, TextFormat.Fill(Texts.ToolProblemSilent, command, _timeout.TotalSeconds));
        }
        catch (GoCrossException e)
        {
            return (null, e.Message); // It cannot be started.
        }
    }

    // A GOROOT of another go, and a toolchain to fetch first, are not to come into the answer.
    private static Dictionary<string, string?> EnvironmentOf(ToolDefinition tool)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["LC_ALL"] = "C" };
        if (tool.Kind == ToolKind.Go)
        {
            environment["GOROOT"] = null;
            environment["GOTOOLCHAIN"] = "local";
        }

        return environment;
    }

    private static string? FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
}
