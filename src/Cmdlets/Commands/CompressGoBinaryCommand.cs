using System.Management.Automation;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Packers;
using GoCross.Runs;
using GoCross.Strategies;

namespace GoCross.Cmdlets.Commands;

/// <summary>
/// Packs programs with UPX, runs both forms, measures them before and after, and says what that is worth. Executes the
/// programs. What does not run packed is not kept.
/// </summary>
[Cmdlet(VerbsData.Compress, "GoBinary", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(CompressedBinary))]
public sealed class CompressGoBinaryCommand : PathCmdlet
{
    private const string Extension = ".upx";

    private UpxTool? _upx;
    private CompressOptions? _options;

    /// <summary>The packed file, or the folder that it goes into. Beside the program, with .upx behind its name, if not given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>How hard UPX compresses.</summary>
    [Parameter]
    public UpxMethod Method { get; set; }

    /// <summary>The port at which a program that is ready accepts connections.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? ReadyPort { get; set; }

    /// <summary>An address that a server answers when it is ready, with a status of 200 to 399.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? ReadyUrl { get; set; }

    /// <summary>A regular expression that matches what a server writes when it is ready.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReadyPattern { get; set; }

    /// <summary>The arguments that the programs are started with.</summary>
    [Parameter]
    [ValidateNotNull]
    [AllowEmptyString]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>The exit codes of a success.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public int[] ExpectedExitCode { get; set; } = [0];

    /// <summary>How many environment variables the programs are run with, one run each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateRange(0, 10_000)]
    public int[] EnvironmentCount { get; set; } = [0, 100, 600, 2_000];

    /// <summary>How often each start is measured; 0 measures none.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int Repeat { get; set; } = 20;

    /// <summary>How long each run may take; of a server, how long it may take to be ready.</summary>
    [Parameter]
    [Seconds]
    [ValidateNotNull]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Replaces a packed file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        RequireTime(TimeLimit);
        _upx = RunOrEnd(null, UpxTool.Find);
        _options = new CompressOptions
        {
            Method = Method,
            Run = new RunOptions
            {
                Arguments = ArgumentList,
                Readiness = ReadinessArguments.Create(this, ReadyPort, ReadyUrl, ReadyPattern),
                ExpectedExitCodes = ExpectedExitCode,
                TimeLimit = TimeLimit,
                WorkingDirectory = RunOrEnd(null, () => SessionPaths.Location(this)),
            },
            EnvironmentCounts = EnvironmentCount,
            Repeat = Repeat,
            Gzip = output => IsolatedAssembly.Libraries.CompressGzip(output),
            Overwrite = Force,
        };
    }

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (!TryRun(fullPath, () => OutputOf(fullPath), out string? output)
            || !ShouldProcess(fullPath, string.Join(' ', _upx!.CommandLine(fullPath, output, Method))))
        {
            return;
        }

        var compressor = new BinaryCompressor(_upx, _options!);
        if (TryRun(
            fullPath,
            "Compressing",
            async (writer, cancellation) =>
            {
                (CompressedBinary result, GoCrossException? failure) = await compressor
                    .CompressAsync(fullPath, output, status => writer.WriteProgress(status, -1), cancellation).ConfigureAwait(false);
                if (failure is not null)
                {
                    writer.WriteError(ErrorRecords.From(failure, result));
                }

                return result;
            },
            out CompressedBinary? compressed))
        {
            WriteObject(compressed);
        }
    }

    private string OutputOf(string path)
    {
        if (OutputPath is null)
        {
            return path + Extension;
        }

        string full = SessionPaths.Resolve(this, OutputPath);
        return System.IO.Path.EndsInDirectorySeparator(OutputPath) || Directory.Exists(full)
            ? System.IO.Path.Combine(full, System.IO.Path.GetFileName(path))
            : full;
    }
}
