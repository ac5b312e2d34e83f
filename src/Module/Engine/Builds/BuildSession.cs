using System.Globalization;
using GoCross.Errors;
using GoCross.Progress;
using GoCross.Toolchains;

namespace GoCross.Builds;

/// <summary>
/// Builds of one call: finds what there is to build, tells the commands, and builds, on this machine, in containers, or
/// there what cannot be built here. Disposing it removes the containers.
/// </summary>
public sealed class BuildSession : IAsyncDisposable
{
    private readonly BuildSessionOptions _options;
    private readonly string _go;
    private readonly BuildContainers? _containers;
    private readonly BuildContainers? _fallback;
    private readonly Dictionary<string, GoToolchain> _toolchains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BuildMatrix> _matrices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _outputs = [];

    /// <summary>Prepares a session. Nothing is started.</summary>
    /// <param name="options">What is built.</param>
    /// <exception cref="GoCrossException">GoPathInvalid; GoNotFound.</exception>
    public BuildSession(BuildSessionOptions options)
    {
        _options = options;
        _go = options.Container is null ? GoLocator.Locate(options.GoPath) : string.Empty;
        _containers = options.Container is null ? null : Containers(options.Container, options.GoPath);
        _fallback = options.FallbackContainer is null ? null : Containers(options.FallbackContainer, goPath: null);
        _outputs.AddRange(new[] { options.Output, options.Build.Provenance }
            .OfType<OutputTemplate>().Select(template => template.Folder + Path.DirectorySeparatorChar));
    }

    /// <summary>Finds what there is to build. A package that cannot be found costs itself alone.</summary>
    /// <param name="references">The packages.</param>
    /// <param name="observer">Gets what is wrong with single packages and targets.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">What is wrong for all: the targets (BuildTargets.Parse), the flags (GoFlags), the
    /// outputs (OutputCollision; OutputCollisionOfNames), the containers.</exception>
    public async Task<IReadOnlyList<BuildRequest>> PlanAsync(
        IReadOnlyList<PackageReference> references, IBuildObserver observer, CancellationToken cancellation)
    {
        if (_containers is not null)
        {
            observer.OnProgress($"starting containers of {_options.Container}", -1);
            await _containers.StartAsync(observer, cancellation).ConfigureAwait(false);
        }

        List<BuildRequest> found = [];
        foreach (PackageReference reference in references)
        {
            observer.OnProgress($"asking go about {reference.Text}", -1);
            GoToolchain toolchain;
            try
            {
                toolchain = await ToolchainAsync(reference.WorkingDirectory, observer, cancellation).ConfigureAwait(false);
            }
            catch (GoCrossException e)
            {
                observer.OnFailure(e, reference.Text);
                continue;
            }

            // A wrong target is wrong for every package; a wrong package is wrong by itself.
            BuildMatrix matrix = Matrix(toolchain, observer);
            try
            {
                found.AddRange(matrix.Cells.Count == 0
                    ? []
                    : await GoPackages.ResolveAsync(
                        toolchain, reference, matrix.Cells, _options.Build, _options.Output, cancellation).ConfigureAwait(false));
            }
            catch (GoCrossException e)
            {
                observer.OnFailure(e, reference.Text);
            }
        }

        List<BuildRequest> plan = [];
        foreach (BuildRequest build in BuildPlan.Create(found, _options.Output))
        {
            if (_taken.Add(build.OutputPath))
            {
                plan.Add(build);
                _outputs.Add(build.OutputPath);
            }
            else
            {
                observer.OnFailure(
                    GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.OutputTaken), build.OutputPath, build.Package.ImportPath),
                    build);
            }
        }

        return plan;
    }

    /// <summary>The command that a build runs, in one line, or why it cannot run.</summary>
    /// <param name="build">A build of <see cref="PlanAsync"/>.</param>
    public string CommandFor(BuildRequest build)
    {
        try
        {
            return _containers is null
                ? Builder(build, default).CommandFor(build).ToString()
                : $"In {_containers.Names}: {_containers.BuilderFor(_options.Build, 1, 1, _outputs).CommandFor(build)}";
        }
        catch (GoCrossException e)
        {
            // The build reports it; what would have happened is told here.
            return e.Message;
        }
    }

    /// <summary>
    /// Builds. Programs of one module, target and strategy are one go build; those of one target run one after another, as
    /// they compile the same packages, and those of different targets side by side.
    /// </summary>
    /// <param name="builds">Builds of <see cref="PlanAsync"/>.</param>
    /// <param name="observer">Gets each build's outcome when its go build has ended, and how far it all is.</param>
    /// <param name="cancellation">Kills all go commands and what they started.</param>
    /// <exception cref="GoCrossException">FlagsUnclosed; DefineInvalid; FlagsBuildNothing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task BuildAsync(IReadOnlyList<BuildRequest> builds, IBuildObserver observer, CancellationToken cancellation)
    {
        string[] folders = OutputFolders.Missing(builds.Select(build => build.OutputPath));
        try
        {
            ContainerBuilder? asked = _containers?.BuilderFor(_options.Build, 1, 1, _outputs);
            IReadOnlyList<BuildRequest[]> groups = BuildPlan.Group(
                builds, build => asked is null ? Builder(build, default).GroupOf(build) : asked.GroupOf(build));

            // Engines share no cache, so that each go build goes to the first that is free.
            BuildRequest[][][] lanes = _containers is null
                ? [.. groups.GroupBy(group => group[0].Target).Select(lane => lane.ToArray())]
                : [.. groups.Select(group => new[] { group })];
            BuildParallelism parallelism = BuildParallelism.Share(
                lanes.Length, _options.Limit, Environment.ProcessorCount, BuildParallelism.FreeMemory());
            ContainerBuilder? remote = _containers?.BuilderFor(_options.Build, lanes.Length, _options.Limit, _outputs);
            var progress = new WorkProgress(_options.Build.Reproducible ? "building twice" : "building", observer.OnProgress)
            {
                Count = builds.Count,
            };
            await Parallel.ForEachAsync(
                lanes,
                new ParallelOptions { MaxDegreeOfParallelism = remote?.AtOnce ?? parallelism.Builds, CancellationToken = cancellation },
                async (lane, stop) =>
                {
                    foreach (BuildRequest[] group in lane)
                    {
                        try
                        {
                            await BuildGroupAsync(group, remote, parallelism, progress, observer, stop).ConfigureAwait(false);
                        }
                        catch (Exception e) when (!stop.IsCancellationRequested)
                        {
                            // Every failure, a defect of ours included, costs this go build and no other.
                            observer.OnFailure(e, group[0]);
                        }
                    }
                }).ConfigureAwait(false);
        }
        finally
        {
            OutputFolders.RemoveEmpty(folders);
        }
    }

    /// <summary>Removes the containers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (BuildContainers containers in new[] { _containers, _fallback }.OfType<BuildContainers>())
        {
            await containers.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task BuildGroupAsync(
        BuildRequest[] group,
        ContainerBuilder? remote,
        BuildParallelism parallelism,
        WorkProgress progress,
        IBuildObserver observer,
        CancellationToken cancellation)
    {
        string name = group.Length == 1
            ? group[0].ToString()
            : string.Create(CultureInfo.CurrentCulture, $"{group.Length} programs {group[0].Target.Name} {group[0].Strategy}");
        void Log(string line) => observer.OnLine($"[{name}] {line}");
        progress.Begin(name);
        IReadOnlyList<BuildOutcome> outcomes = remote is null
            ? await Builder(group[0], parallelism).BuildAsync(group, Log, cancellation).ConfigureAwait(false)
            : await remote.BuildAsync(group, Log, cancellation).ConfigureAwait(false);
        for (int i = 0; i < group.Length; i++)
        {
            BuildOutcome outcome = outcomes[i];
            if (_fallback is not null && ContainerBuilder.CanHelp(outcome))
            {
                observer.OnWarning($"[{group[i]}] {outcome.Failure!.Message} It is built again in {_fallback.Image}.");
                outcome = await _fallback.BuildAgainAsync(
                    group[i], outcome, _options, _outputs, observer, Log, cancellation).ConfigureAwait(false);
            }

            observer.OnBuilt(outcome);
        }

        progress.End(name, group.Length);
    }

    private GoBuilder Builder(BuildRequest build, BuildParallelism parallelism) =>
        new(_toolchains[build.Package.WorkingDirectory], _options.Build, parallelism, _outputs);

    /// <summary>What can be built with a toolchain. What cannot is told once, before anything starts.</summary>
    private BuildMatrix Matrix(GoToolchain toolchain, IBuildObserver observer)
    {
        string key = $"{toolchain.Host.Name}\n{toolchain.Version}";
        if (!_matrices.TryGetValue(key, out BuildMatrix? matrix))
        {
            matrix = BuildMatrix.Create(_options.Targets, _options.Strategies, toolchain, _options.Build);
            _matrices.Add(key, matrix);
            foreach (GoCrossException refusal in matrix.Refused)
            {
                observer.OnFailure(refusal, string.Join(", ", _options.Targets));
            }

            foreach (GoCrossException leftOut in matrix.LeftOut)
            {
                observer.OnWarning(leftOut.Message);
            }
        }

        return matrix;
    }

    private async Task<GoToolchain> ToolchainAsync(string workingDirectory, IBuildObserver observer, CancellationToken cancellation)
    {
        if (_containers is not null)
        {
            ContainerFleet fleet = await _containers.StartAsync(observer, cancellation).ConfigureAwait(false);
            return await fleet.PrepareAsync(workingDirectory, cancellation).ConfigureAwait(false);
        }

        if (!_toolchains.TryGetValue(workingDirectory, out GoToolchain? toolchain))
        {
            toolchain = await GoToolchain.FindAsync(
                LocalGoHost.Instance, _go, workingDirectory, _options.Build.Environment, cancellation).ConfigureAwait(false);
            _toolchains.Add(workingDirectory, toolchain);
        }

        return toolchain;
    }

    private BuildContainers Containers(string image, string? goPath) => new(
        _options.Connect,
        new ContainerHostOptions
        {
            Image = image, GoPath = goPath, Given = _options.Build.Environment, Pulls = _options.Pulls, Credentials = _options.Credentials,
        });
}
