using System.Formats.Tar;
using System.Globalization;
using GoCross.ContainerEngines;
using GoCross.Processes;

namespace GoCross.Runs;

/// <summary>
/// Runs programs as main processes of containers, each in one of its own, which goes away with it. The program is put into
/// the container: nothing of this machine's file system is assumed to be there, so the engine may be anywhere.
/// </summary>
/// <param name="engine">The engine. The caller disposes it.</param>
/// <param name="image">The image that the containers are made of.</param>
public sealed class ProgramContainer(IContainerEngine engine, string image)
{
    /// <summary>How the runner is called.</summary>
    internal const string Runner = "container";

    private const string Folder = "gocross";

    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The image.</summary>
    internal string Image => image;

    /// <summary>What a program of this machine is called in the container.</summary>
    internal static string PathOf(string fullPath) => $"/{Folder}/{Path.GetFileName(fullPath)}";

    /// <summary>Runs a program to its end.</summary>
    /// <param name="plan">The program and its command line.</param>
    /// <param name="options">Its variables and its directory; an empty one is the image's.</param>
    /// <param name="run">What gets its output.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="Errors.GoCrossException">What the engine throws: ImageNotInEngine, ContainerNotStarted, ...</exception>
    internal async Task<ProcessResult> RunAsync(
        RunPlan plan, RunOptions options, RunWatch run, CancellationToken cancellation)
    {
        var specification = new ContainerSpecification
        {
            Image = image,
            Command = plan.CommandLine,
            Purpose = "test",
            Environment = options.Environment
                .Where(pair => pair.Value is not null)
                .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal),
            WorkingDirectory = options.WorkingDirectory.Length == 0 ? null : options.WorkingDirectory,
            PublishedPorts = [.. options.Readiness?.Ports ?? []],
        };
        string container = await engine.CreateContainerAsync(specification, cancellation).ConfigureAwait(false);
        try
        {
            await engine.PutArchiveAsync(
                container, "/", (stream, token) => WriteAsync(plan.Path, stream, token), cancellation).ConfigureAwait(false);
            run.Container = container;
            return await engine.RunMainAsync(
                container, new MainProcessWatch(run.Output, run.Error, run.Begin), cancellation).ConfigureAwait(false);
        }
        finally
        {
            // However it ended, and even where the user has had enough.
            await engine.RemoveContainerAsync(container, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>What the engine says of the container of a run that has begun.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="Errors.GoCrossException">ContainerGone, and what else the engine throws.</exception>
    internal Task<RunningContainer> InspectAsync(RunWatch run, CancellationToken cancellation) =>
        engine.InspectContainerAsync(run.Container!, cancellation);

    /// <summary>Sends a signal to the program of a run that has begun.</summary>
    /// <param name="run">The run.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="Errors.GoCrossException">ContainerGone, and what else the engine throws.</exception>
    internal Task SignalAsync(RunWatch run, ProcessSignal signal, CancellationToken cancellation) =>
        engine.SignalContainerAsync(run.Container!, signal.Number.ToString(CultureInfo.InvariantCulture), cancellation);

    private static async Task WriteAsync(string program, Stream stream, CancellationToken cancellation)
    {
        var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            FileStream content = File.OpenRead(program);
            await using (content.ConfigureAwait(false))
            {
                var entry = new PaxTarEntry(TarEntryType.RegularFile, PathOf(program)[1..]) { Mode = Executable, DataStream = content };
                await writer.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
            }
        }
    }
}
