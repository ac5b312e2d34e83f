using System.Collections.Concurrent;
using System.Threading.Channels;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>Runs the builds of a matrix on the containers of a fleet: a free one takes the next.</summary>
public sealed class ContainerBuilder
{
    private readonly ContainerFleet _fleet;
    private readonly BuildOptions _options;
    private readonly IReadOnlyList<string> _outputs;
    private readonly Dictionary<ContainerGoHost, BuildParallelism> _parallelism;
    private readonly ConcurrentDictionary<(ContainerGoHost Host, string Folder), GoBuilder> _builders = [];
    private readonly Channel<ContainerGoHost> _free = Channel.CreateUnbounded<ContainerGoHost>();

    /// <summary>Shares a matrix out.</summary>
    /// <param name="fleet">The containers. The packages' folders have been prepared.</param>
    /// <param name="options">What holds for every build.</param>
    /// <param name="builds">How many builds there are.</param>
    /// <param name="limit">The most at once at one engine; null for as many as it has processors.</param>
    /// <param name="outputs">The full paths of what builds write, as <see cref="GoBuilder"/> takes them.</param>
    public ContainerBuilder(ContainerFleet fleet, BuildOptions options, int builds, int? limit, IReadOnlyList<string> outputs)
    {
        _outputs = outputs;
        _fleet = fleet;
        _options = options;
        IReadOnlyList<ContainerGoHost> hosts = fleet.Hosts;
        int share = (builds + hosts.Count - 1) / hosts.Count;
        _parallelism = hosts.ToDictionary(host => host, host => BuildParallelism.Share(share, limit, host.Facts.Processors));
        AtOnce = _parallelism.Values.Sum(parallelism => parallelism.Builds);

        // In turns, so that the first builds go to different engines.
        for (int turn = 0; turn < _parallelism.Values.Max(parallelism => parallelism.Builds); turn++)
        {
            foreach (ContainerGoHost host in hosts.Where(host => turn < _parallelism[host].Builds))
            {
                _free.Writer.TryWrite(host);
            }
        }
    }

    /// <summary>
    /// Whether a build that failed on this machine can come out well in a container: there was no compiler with musl for it,
    /// or one that made something else.
    /// </summary>
    /// <param name="outcome">What came of it here.</param>
    public static bool CanHelp(BuildOutcome outcome) => outcome is
    {
        Build.Strategy: BuildStrategy.Musl,
        Failure.ErrorId: nameof(Messages.CCompilerMissing) or nameof(Messages.BuildNotMusl),
    };

    /// <summary>How many builds run at once at all engines together.</summary>
    public int AtOnce { get; }

    /// <summary>The command that a build runs at the first engine. At one of another architecture it may be another compiler.</summary>
    /// <param name="build">The build.</param>
    /// <exception cref="GoCrossException">As <see cref="GoBuilder.CommandFor"/>; FlagsUnclosed; DefineInvalid.</exception>
    public BuildCommand CommandFor(BuildRequest build) => BuilderOf(_fleet.Hosts[0], build).CommandFor(build);

    /// <summary>
    /// What two builds have to have in common to be one go build, as <see cref="GoBuilder"/> has it. Several engines share
    /// the programs instead: a go build is at one.
    /// </summary>
    /// <param name="build">The build.</param>
    internal string? GroupOf(BuildRequest build) => _fleet.Hosts is [{ } only] ? BuilderOf(only, build).GroupOf(build) : null;

    /// <summary>
    /// Builds at the engine that is free first. Where that is lost meanwhile, another one takes over what is not done, once.
    /// </summary>
    /// <param name="builds">The builds, of one group.</param>
    /// <param name="onLine">Gets each line that go prints, on a thread of the pool.</param>
    /// <param name="cancellation">Ends the waiting for go, which is killed with its container.</param>
    /// <returns>What came of each, in the builds' order.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<BuildOutcome>> BuildAsync(
        IReadOnlyList<BuildRequest> builds, Action<string>? onLine, CancellationToken cancellation)
    {
        BuildOutcome[] outcomes = await BuildOnceAsync(builds, onLine, cancellation).ConfigureAwait(false);
        int[] open = [.. Enumerable.Range(0, outcomes.Length).Where(i => outcomes[i].Failure is { IsLoss: true })];
        if (open.Length > 0 && _fleet.Hosts.Any(host => host.Engine != outcomes[open[0]].Build.Engine))
        {
            BuildOutcome[] again = await BuildOnceAsync([.. open.Select(i => builds[i])], onLine, cancellation).ConfigureAwait(false);
            for (int i = 0; i < open.Length; i++)
            {
                outcomes[open[i]] = again[i];
            }
        }

        return outcomes;
    }

    private async Task<BuildOutcome[]> BuildOnceAsync(
        IReadOnlyList<BuildRequest> builds, Action<string>? onLine, CancellationToken cancellation)
    {
        ContainerGoHost host = await TakeAsync(cancellation).ConfigureAwait(false);
        try
        {
            IReadOnlyList<BuildOutcome> outcomes = await BuilderOf(host, builds[0]).BuildAsync(builds, onLine, cancellation).ConfigureAwait(false);
            if (outcomes.Select(outcome => outcome.Failure).OfType<GoCrossException>().FirstOrDefault(failure => failure.IsLoss) is { } loss)
            {
                _fleet.Lose(host, loss);
            }

            return
            [
                .. outcomes
                    .Select(outcome => outcome with { Build = outcome.Build with { Container = host.Image, Engine = host.Engine } })
                    .Select(outcome => outcome.Failure is { ErrorId: nameof(Messages.CCompilerMissing) } missing ? WithoutCompiler(outcome, host, missing) : outcome),
            ];
        }
        finally
        {
            _free.Writer.TryWrite(host);
        }
    }

    /// <summary>A compiler that is missing in an image is not to be installed on this machine.</summary>
    private static BuildOutcome WithoutCompiler(BuildOutcome outcome, ContainerGoHost host, GoCrossException missing)
    {
        string known = KnownBuildImage.Of(host.Image) is { } image
            ? TextFormat.Fill(Texts.BuildKnownImageCompilers, image.Name, string.Join(", ", image.Compilers))
            : string.Empty;
        GoCrossException failure = GoCrossException.Create(
            missing, ErrorKind.ToolMissing, nameof(Messages.ContainerCompilerMissing), missing.Message, host.Image, missing.Fix, known);
        return new BuildOutcome(outcome.Build with { ErrorId = failure.ErrorId, Error = failure.Message }, failure);
    }

    // The last engine stays in use when it is lost, too: each build then fails with what is wrong with it.
    private async Task<ContainerGoHost> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            ContainerGoHost host = await _free.Reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (_fleet.Hosts.Contains(host))
            {
                return host;
            }
        }
    }

    private GoBuilder BuilderOf(ContainerGoHost host, BuildRequest build) => _builders.GetOrAdd(
        (host, build.Package.WorkingDirectory),
        key => new GoBuilder(_fleet.ToolchainOf(key.Host, key.Folder), _options, _parallelism[key.Host], _outputs));
}
