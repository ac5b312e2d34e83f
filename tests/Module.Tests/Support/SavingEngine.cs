using GoCross.ContainerEngines;
using GoCross.Oci;
using GoCross.Processes;

namespace GoCross.Tests;

/// <summary>An engine that can do nothing but save images: each transfer is what the function returns.</summary>
/// <param name="save">Gets the names that were asked for.</param>
/// <param name="names">The names of the images that it has.</param>
internal sealed class SavingEngine(Func<IReadOnlyList<string>, Stream> save, params string[] names) : IContainerEngine
{
    internal int Transfers { get; private set; }

    /// <summary>What the engine says that the ID of each image is.</summary>
    internal string Id { get; set; } = string.Empty;

    /// <summary>The same by the image's name, where they differ.</summary>
    internal Func<string, string>? IdOf { get; init; }

    public string Endpoint => "test";

    public Task<string> GetImageIdAsync(string reference, CancellationToken cancellation) => Task.FromResult(IdOf?.Invoke(reference) ?? Id);

    public Task<Stream> SaveImagesAsync(IReadOnlyList<string> references, ImagePlatform? platform, CancellationToken cancellation)
    {
        Transfers++;
        return Task.FromResult(save(references));
    }

    public Task<IReadOnlyList<string>> ListImageNamesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>(names);

    public void Dispose()
    {
    }

    Task<EngineFacts> IContainerEngine.GetFactsAsync(CancellationToken cancellation) => throw new NotSupportedException();

    Task<EngineImage> IContainerEngine.InspectImageAsync(string reference, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task IContainerEngine.PullImageAsync(string reference, Action<string> onStatus, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task<IReadOnlyList<string>> IContainerEngine.LoadImagesAsync(
        Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) => throw new NotSupportedException();

    Task<string> IContainerEngine.CreateContainerAsync(ContainerSpecification specification, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task<IDisposable> IContainerEngine.HoldInputAsync(string container, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task IContainerEngine.StartContainerAsync(string container, CancellationToken cancellation) => throw new NotSupportedException();

    Task<ProcessResult> IContainerEngine.RunMainAsync(string container, MainProcessWatch watch, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task IContainerEngine.PutArchiveAsync(
        string container, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task<Stream> IContainerEngine.GetArchiveAsync(string container, string path, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task<ProcessResult> IContainerEngine.ExecuteAsync(string container, ProcessRequest request, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task<RunningContainer> IContainerEngine.InspectContainerAsync(string container, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task IContainerEngine.SignalContainerAsync(string container, string signal, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task IContainerEngine.RemoveContainerAsync(string container, CancellationToken cancellation) => throw new NotSupportedException();
}
