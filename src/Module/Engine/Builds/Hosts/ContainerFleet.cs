using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>
/// Containers of one image at several engines, which share a matrix. An engine that is lost costs the builds that are
/// under way there; the others go on. Safe on every thread.
/// </summary>
public sealed class ContainerFleet : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly IReadOnlyList<ContainerGoHost> _hosts;
    private readonly HashSet<ContainerGoHost> _lost = [];
    private readonly Dictionary<(ContainerGoHost Host, string Folder), GoToolchain> _toolchains = [];
    private readonly SemaphoreSlim _preparing = new(1, 1);
    private readonly ContainerHostOptions _options;
    private readonly Action<GoCrossException> _onLost;

    private ContainerFleet(IReadOnlyList<ContainerGoHost> hosts, ContainerHostOptions options, Action<GoCrossException> onLost)
    {
        _hosts = hosts;
        _options = options;
        _onLost = onLost;
    }

    /// <summary>The containers that are to be reached, as far as is known; one at least.</summary>
    public IReadOnlyList<ContainerGoHost> Hosts
    {
        get
        {
            lock (_gate)
            {
                return _hosts.Where(host => !_lost.Contains(host)).ToArray();
            }
        }
    }

    /// <summary>Starts a container at each engine, all at once.</summary>
    /// <param name="engines">The engines, one at least. They are disposed with the fleet, or where the start fails.</param>
    /// <param name="options">The image, and how go is found in it.</param>
    /// <param name="onLost">Gets each engine that cannot take part, at the start or later, while others can.</param>
    /// <param name="cancellation">Ends the start; nothing is left.</param>
    /// <exception cref="GoCrossException">No engine can take part: what is wrong with the first.</exception>
    public static async Task<ContainerFleet> StartAsync(
        IReadOnlyList<IContainerEngine> engines,
        ContainerHostOptions options,
        Action<GoCrossException> onLost,
        CancellationToken cancellation)
    {
        Task<ContainerGoHost>[] starts = [.. engines.Select(engine => ContainerGoHost.StartAsync(engine, options, cancellation))];
        await ((Task)Task.WhenAll(starts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ContainerGoHost[] hosts = [.. starts.Where(start => start.IsCompletedSuccessfully).Select(start => start.Result)];
        Task<ContainerGoHost>[] failed = [.. starts.Where(start => !start.IsCompletedSuccessfully)];
        Exception[] failures = [.. failed.Select(start => start.Exception?.InnerException ?? new OperationCanceledException(cancellation))];
        var fleet = new ContainerFleet(hosts, options, onLost);
        if (hosts.Length == 0 || failures.Any(failure => failure is not GoCrossException))
        {
            await fleet.DisposeAsync().ConfigureAwait(false);
            await (failed.FirstOrDefault(start => start.Exception?.InnerException is not GoCrossException) ?? failed[0]).ConfigureAwait(false);
        }

        foreach (GoCrossException failure in failures.Cast<GoCrossException>())
        {
            onLost(failure);
        }

        return fleet;
    }

    /// <summary>Sends the source code of a folder to every container, and asks go there what it is.</summary>
    /// <param name="workingDirectory">The full path of the folder on this machine that go is to run in.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The toolchain of the first container.</returns>
    /// <exception cref="GoCrossException">What sending and asking throw, where no container can take part any more.</exception>
    public async Task<GoToolchain> PrepareAsync(string workingDirectory, CancellationToken cancellation)
    {
        await _preparing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ContainerGoHost[] hosts = [.. Hosts.Where(host => !IsPrepared(host, workingDirectory))];
            await Task.WhenAll(hosts.Select(host => PrepareAsync(host, workingDirectory, cancellation))).ConfigureAwait(false);
            return ToolchainOf(Hosts[0], workingDirectory);
        }
        finally
        {
            _preparing.Release();
        }
    }

    /// <summary>The toolchain of a container as it is in a folder that was prepared.</summary>
    internal GoToolchain ToolchainOf(ContainerGoHost host, string workingDirectory)
    {
        lock (_gate)
        {
            return _toolchains[(host, workingDirectory)];
        }
    }

    /// <summary>Gives a container up.</summary>
    /// <returns>Whether others are left.</returns>
    internal bool Lose(ContainerGoHost host, GoCrossException failure)
    {
        lock (_gate)
        {
            bool isNew = !_lost.Contains(host);
            if (_lost.Count + (isNew ? 1 : 0) == _hosts.Count)
            {
                // The last one stays in the list: somebody has to say what is wrong with it.
                return false;
            }

            if (isNew)
            {
                _lost.Add(host);
                _onLost(failure);
            }

            return true;
        }
    }

    /// <summary>Removes all containers.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_hosts.Select(host => host.DisposeAsync().AsTask())).ConfigureAwait(false);
        _preparing.Dispose();
    }

    private bool IsPrepared(ContainerGoHost host, string workingDirectory)
    {
        lock (_gate)
        {
            return _toolchains.ContainsKey((host, workingDirectory));
        }
    }

    private async Task PrepareAsync(ContainerGoHost host, string workingDirectory, CancellationToken cancellation)
    {
        try
        {
            await host.SendAsync(workingDirectory, cancellation).ConfigureAwait(false);
            GoToolchain toolchain = await GoToolchain
                .FindAsync(host, _options.GoPath, workingDirectory, _options.Given, cancellation)
                .ConfigureAwait(false);
            lock (_gate)
            {
                _toolchains[(host, workingDirectory)] = toolchain;
            }
        }
        catch (GoCrossException e) when (e.IsLoss && Lose(host, e))
        {
            // The others do its part.
        }
    }
}
