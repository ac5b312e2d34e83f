using System.Collections.Concurrent;
using System.Management.Automation;
using GoCross.Builds;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Errors;
using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Cmdlets.Foundation;

/// <summary>The containers that a build cmdlet builds in: started when they are needed, gone when it is disposed.</summary>
/// <param name="contexts">The Docker contexts of the engines; none for the engine that the docker command would use.</param>
/// <param name="options">The image, and how go is found in it.</param>
internal sealed class BuildContainers(IReadOnlyList<string> contexts, ContainerHostOptions options) : IDisposable
{
    private const string Parameter = "-DockerContext";

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly ConcurrentQueue<Action<IPipelineWriter>> _unsaid = new();
    private volatile IPipelineWriter? _writer;
    private ContainerFleet? _fleet;
    private ContainerBuilder? _builder;

    /// <summary>Whether the containers run.</summary>
    internal bool IsStarted => _fleet is not null;

    /// <summary>The image and its engines, for a line of -WhatIf.</summary>
    internal string Names => string.Join(", ", _fleet!.Hosts.Select(host => host.Name));

    /// <summary>Starts the containers, if that is not done yet.</summary>
    /// <param name="writer">Where goes what the engines say.</param>
    /// <param name="cancellation">Ends the start; nothing is left.</param>
    /// <exception cref="GoCrossException">What finding, connecting and starting throw.</exception>
    internal async Task<ContainerFleet> StartAsync(IPipelineWriter writer, CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_fleet is null)
            {
                Tell(writer);
                _fleet = await ContainerFleet.StartAsync(
                    Connect(),
                    options with { OnStatus = text => Say(to => { to.WriteVerbose(text); to.WriteProgress(text, percent: -1); }) },
                    failure => Say(to => to.WriteError(ErrorRecords.From(failure, options.Image))),
                    cancellation).ConfigureAwait(false);
            }

            return _fleet;
        }
        finally
        {
            Hush();
            _starting.Release();
        }
    }

    /// <summary>Sends the source code of a folder, and asks go there what it is.</summary>
    internal Task<GoToolchain> PrepareAsync(string workingDirectory, CancellationToken cancellation) =>
        _fleet!.PrepareAsync(workingDirectory, cancellation);

    /// <summary>What runs the builds of a matrix.</summary>
    internal ContainerBuilder BuilderFor(BuildOptions buildOptions, int builds, int? limit) =>
        new(_fleet!, buildOptions, builds, limit);

    /// <summary>Repeats a build that failed on this machine.</summary>
    /// <param name="build">The build.</param>
    /// <param name="failed">What came of it.</param>
    /// <param name="buildOptions">What holds for every build.</param>
    /// <param name="limit">The most at once at one engine.</param>
    /// <param name="onLine">Gets each line that go prints.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What came of it there; where no container can be had, the first failure's object with that error.</returns>
    internal async Task<BuildOutcome> BuildAgainAsync(
        PlannedBuild build,
        BuildOutcome failed,
        BuildOptions buildOptions,
        int? limit,
        Action<string> onLine,
        CancellationToken cancellation)
    {
        IPipelineWriter writer = _writer!;
        try
        {
            ContainerFleet fleet = await StartAsync(writer, cancellation).ConfigureAwait(false);
            Tell(writer);
            await fleet.PrepareAsync(build.Package.WorkingDirectory, cancellation).ConfigureAwait(false);
            ContainerBuilder builder = LazyInitializer.EnsureInitialized(
                ref _builder, () => new ContainerBuilder(fleet, buildOptions, int.MaxValue / 2, limit));
            BuildOutcome outcome = await builder.BuildAsync(build, onLine, cancellation).ConfigureAwait(false);
            return outcome with { Build = outcome.Build with { FallbackReason = failed.Build.Error } };
        }
        catch (GoCrossException e)
        {
            return new BuildOutcome(
                failed.Build with { Container = options.Image, FallbackReason = failed.Build.Error, ErrorId = e.ErrorId, Error = e.Message }, e);
        }
    }

    /// <summary>Says where what the containers say goes from now on, and what has not been said yet.</summary>
    /// <param name="writer">The writer of a pump that runs.</param>
    internal void Tell(IPipelineWriter writer)
    {
        _writer = writer;
        while (_unsaid.TryDequeue(out Action<IPipelineWriter>? say))
        {
            say(writer);
        }
    }

    /// <summary>No pump runs any more: what is said from now on waits.</summary>
    internal void Hush() => _writer = null;

    /// <summary>Says what has not been said yet, on the pipeline's thread.</summary>
    internal void Tell(Cmdlet cmdlet)
    {
        var writer = new DirectWriter(cmdlet);
        while (_unsaid.TryDequeue(out Action<IPipelineWriter>? say))
        {
            say(writer);
        }
    }

    /// <summary>Removes the containers.</summary>
    public void Dispose()
    {
        ContainerFleet? fleet = Interlocked.Exchange(ref _fleet, null);
        fleet?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void Say(Action<IPipelineWriter> say)
    {
        if (_writer is { } writer)
        {
            say(writer);
        }
        else
        {
            _unsaid.Enqueue(say);
        }
    }

    private IContainerEngine[] Connect()
    {
        if (contexts.Count == 0)
        {
            return [IsolatedAssembly.Connect()];
        }

        // All are found before one is connected: nothing is open where one is unknown.
        EngineEndpoint[] endpoints =
        [
            .. contexts.Distinct(StringComparer.Ordinal).Select(context => EngineEndpointFinder.FindContext(context, Parameter)),
        ];
        List<IContainerEngine> engines = [];
        try
        {
            foreach (EngineEndpoint endpoint in endpoints)
            {
                engines.Add(IsolatedAssembly.Connect(endpoint));
            }
        }
        catch
        {
            engines.ForEach(engine => engine.Dispose());
            throw;
        }

        return [.. engines];
    }

    private sealed class DirectWriter(Cmdlet cmdlet) : IPipelineWriter
    {
        public void WriteObject(object value) => cmdlet.WriteObject(value);

        public void WriteError(ErrorRecord error) => cmdlet.WriteError(error);

        public void WriteWarning(string text) => cmdlet.WriteWarning(text);

        public void WriteVerbose(string text) => cmdlet.WriteVerbose(text);

        public void WriteProgress(string status, int percent)
        {
            // What it was about is over.
        }
    }
}
