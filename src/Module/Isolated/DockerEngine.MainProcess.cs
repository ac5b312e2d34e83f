using System.Diagnostics;
using GoCross.ContainerEngines;
using GoCross.Processes;
using Newtonsoft.Json;

namespace GoCross.Isolated;

/// <content>A container's main process.</content>
internal sealed partial class DockerEngine
{
    /// <inheritdoc/>
    public async Task<ProcessResult> RunMainAsync(string container, MainProcessWatch watch, CancellationToken cancellation)
    {
        // Both are asked for before the start: a short process is gone, and its container with it, before one can ask.
        Stream output = await calls.RunAsync(
            () => streams.UpgradeAsync($"containers/{container}/attach?stream=1&stdout=1&stderr=1", body: null, cancellation),
            cancellation,
            Gone).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            Stream exit = await calls.RunAsync(
                () => streams.UpgradeAsync($"containers/{container}/wait?condition=next-exit", body: null, cancellation),
                cancellation,
                Gone).ConfigureAwait(false);
            await using (exit.ConfigureAwait(false))
            {
                long started = Stopwatch.GetTimestamp();
                watch.OnStarted?.Invoke(started);
                await StartContainerAsync(container, cancellation).ConfigureAwait(false);
                return await calls.RunAsync(
                    async () =>
                    {
                        await ReadAsync(output, watch.Output.Add, watch.Error.Add, cancellation).ConfigureAwait(false);
                        int exitCode = await ReadExitCodeAsync(exit, cancellation).ConfigureAwait(false);
                        return new ProcessResult(exitCode, string.Empty, string.Empty, Stopwatch.GetElapsedTime(started));
                    },
                    cancellation,
                    Gone).ConfigureAwait(false);
            }
        }
    }

    // API reference, "Wait for a container": the answer's head comes at once, its body when the process has ended.
    private static async Task<int> ReadExitCodeAsync(Stream answer, CancellationToken cancellation)
    {
        using var reader = new StreamReader(answer, leaveOpen: true);
        string body = await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        return JsonConvert.DeserializeAnonymousType(body, new { StatusCode = (int?)null })?.StatusCode
            ?? throw new JsonException($"no StatusCode in \"{body}\"");
    }
}
