using GoCross.Errors;
using GoCross.Files;
using GoCross.Processes;
using GoCross.Toolchains;

namespace GoCross.Builds;

/// <summary>This machine.</summary>
public sealed class LocalGoHost : IGoHost
{
    private LocalGoHost()
    {
    }

    /// <summary>The one there is.</summary>
    public static LocalGoHost Instance { get; } = new();

    /// <inheritdoc/>
    public string? Name => null;

    /// <inheritdoc/>
    public string LocateGo(string? given) => GoLocator.Locate(given);

    /// <inheritdoc/>
    public string? FindProgram(string name) => ProgramLookup.Find(name);

    /// <inheritdoc/>
    public string? GetVariable(string name) => Environment.GetEnvironmentVariable(name);

    /// <inheritdoc/>
    public string PathOf(string localFolder) => localFolder;

    /// <inheritdoc/>
    public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation) =>
        ChildProcess.RunAsync(request, cancellation);

    /// <inheritdoc/>
    public Task<IGoWorkFolder> CreateWorkFolderAsync(string localOutput, bool isFolder, CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult<IGoWorkFolder>(new WorkFolder(new TemporaryDirectory(), isFolder ? localOutput + System.IO.Path.DirectorySeparatorChar : localOutput));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoCrossException.Create(
                e, ErrorKind.Unavailable, nameof(Messages.WorkFolderNotMade), Path.GetTempPath(), e.Message);
        }
    }

    private sealed class WorkFolder(TemporaryDirectory folder, string output) : IGoWorkFolder
    {
        public string Path => folder.Path;

        public string OutputPath => output;

        public async Task<string> AddFileAsync(string name, string content, CancellationToken cancellation)
        {
            string file = System.IO.Path.Combine(folder.Path, name);
            await File.WriteAllTextAsync(file, content, cancellation).ConfigureAwait(false);
            return file;
        }

        public Task FetchAsync(CancellationToken cancellation) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
