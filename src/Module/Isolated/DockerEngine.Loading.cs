using System.Net;
using GoCross.Errors;
using Newtonsoft.Json;

namespace GoCross.Isolated;

/// <content>How images come from here.</content>
internal sealed partial class DockerEngine
{
    // What docker load prints, too; podman's of old names them together.
    private static readonly string[] LoadedPrefixes = ["Loaded image: ", "Loaded image ID: ", "Loaded image(s): "];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> LoadImagesAsync(
        Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) => calls.RunAsync<IReadOnlyList<string>>(
        async () =>
        {
            List<string> names = [];
            string? failure = null;
            await streams.SendAsync(
                HttpMethod.Post,
                "images/load?quiet=1",
                write,
                line =>
                {
                    // An error is a line like the others: the status went out long before.
                    var said = JsonConvert.DeserializeAnonymousType(
                        line, new { stream = (string?)null, error = (string?)null, errorDetail = new { message = (string?)null } });
                    failure ??= said?.errorDetail?.message ?? said?.error;
                    names.AddRange(NamesIn(said?.stream ?? string.Empty));
                },
                cancellation).ConfigureAwait(false);
            return failure is not null ? throw LoadFailed(null, failure)
                : names.Count == 0 ? throw LoadFailed(null, "it does not say what it has loaded")
                : names.ToArray();
        },
        cancellation,
        e => Task.FromResult(
            e.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.BadRequest ? LoadFailed(e, EngineCalls.Said(e)) : null));

    private static string[] NamesIn(string said) =>
        LoadedPrefixes.FirstOrDefault(prefix => said.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix
            ? said[prefix.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];

    private GoCrossException LoadFailed(Exception? cause, string reason)
    {
        bool isFull = reason.Contains("no space left on device", StringComparison.Ordinal);
        string error = isFull ? nameof(Messages.EngineStorageFull) : nameof(Messages.ImageLoadFailed);
        return cause is null
            ? GoCrossException.Create(ErrorKind.ToolFailed, error, Endpoint, reason)
            : GoCrossException.Create(cause, ErrorKind.ToolFailed, error, Endpoint, reason);
    }
}
