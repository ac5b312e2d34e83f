using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>The containers that a session builds in: started when they are needed, gone when it is disposed.</summary>
/// <param name="connect">Connects to the engines.</param>
/// <param name="options">The image, and how go is found in it.</param>
internal sealed class BuildContainers(Func<IReadOnlyList<IContainerEngine>> connect, ContainerHostOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private volatile IBuildObserver? _observer;
    private ContainerFleet? _fleet;
    private ContainerBuilder? _again;

    /// <summary>The image.</summary>
    internal string Image => options.Image;

    /// <summary>The image and its engines, for a line of -WhatIf. The containers run.</summary>
    internal string Names => string.Join(", ", _fleet!.Hosts.Select(host => host.Name));

    /// <summary>Starts the containers, if that is not done yet.</summary>
    /// <param name="observer">Gets what the engines say, from now on.</param>
    /// <param name="cancellation">Ends the start; nothing is left.</param>
    /// <exception cref="GoCrossException">What finding, connecting and starting throw.</exception>
    internal async Task<ContainerFleet> StartAsync(IBuildObserver observer, CancellationToken cancellation)
    {
        _observer = observer;
        await _starting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _fleet ??= await ContainerFleet.StartAsync(
                connect(),
                options with
                {
                    OnStatus = text =>
                    {
                        _observer.OnLine(text);
                        _observer.OnProgress(text, -1);
                    },
                },
                failure => _observer.OnFailure(failure, options.Image),
                cancellation).ConfigureAwait(false);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>What runs builds. The containers run.</summary>
    /// <param name="buildOptions">What holds for every build.</param>
    /// <param name="builds">How many go commands there are.</param>
    /// <param name="limit">The most at once at one engine.</param>
    /// <param name="outputs">The full paths of what builds write.</param>
    internal ContainerBuilder BuilderFor(BuildOptions buildOptions, int builds, int? limit, IReadOnlyList<string> outputs) =>
        new(_fleet!, buildOptions, builds, limit, outputs);

    /// <summary>Repeats a build that failed on this machine.</summary>
    /// <param name="build">The build.</param>
    /// <param name="failed">What came of it.</param>
    /// <param name="session">What holds for every build.</param>
    /// <param name="outputs">The full paths of what builds write.</param>
    /// <param name="observer">Gets what the engines say.</param>
    /// <param name="onLine">Gets each line that go prints.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What came of it there; where no container can be had, the first failure's object with that error.</returns>
    internal async Task<BuildOutcome> BuildAgainAsync(
        BuildRequest build,
        BuildOutcome failed,
        BuildSessionOptions session,
        IReadOnlyList<string> outputs,
        IBuildObserver observer,
        Action<string> onLine,
        CancellationToken cancellation)
    {
        try
        {
            ContainerFleet fleet = await StartAsync(observer, cancellation).ConfigureAwait(false);
            await fleet.PrepareAsync(build.Package.WorkingDirectory, cancellation).ConfigureAwait(false);
            ContainerBuilder builder = LazyInitializer.EnsureInitialized(
                ref _again, () => new ContainerBuilder(fleet, session.Build, int.MaxValue / 2, session.Limit, outputs));
            IReadOnlyList<BuildOutcome> outcomes = await builder.BuildAsync([build], onLine, cancellation).ConfigureAwait(false);
            return outcomes[0] with { Build = outcomes[0].Build with { FallbackReason = failed.Build.Error } };
        }
        catch (GoCrossException e)
        {
            return new BuildOutcome(
                failed.Build with { Container = options.Image, FallbackReason = failed.Build.Error, ErrorId = e.ErrorId, Error = e.Message }, e);
        }
    }

    /// <summary>Removes the containers.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _fleet, null) is { } fleet)
        {
            await fleet.DisposeAsync().ConfigureAwait(false);
        }

        _starting.Dispose();
    }
}
