using System.Diagnostics;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Processes;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>Runs go build, reads the results back, and gives each its name only if it is what was promised.</summary>
public sealed class GoBuilder
{
    private readonly GoToolchain _toolchain;
    private readonly BuildOptions _options;
    private readonly BuildParallelism _parallelism;
    private readonly IReadOnlyList<string> _outputs;
    private readonly GoFlags _flags;

    /// <summary>Prepares builds.</summary>
    /// <param name="toolchain">The toolchain, as it is in the packages' working directory.</param>
    /// <param name="options">What holds for every build.</param>
    /// <param name="parallelism">How many builds run at once. It is the caller who runs them.</param>
    /// <param name="outputs">
    /// The full paths of what builds write, these and those before: files, and folders, which end in a separator. Where
    /// they lie in the source they are no change of it. Null for none.
    /// </param>
    /// <exception cref="GoCrossException">FlagsUnclosed; DefineInvalid; FlagsBuildNothing.</exception>
    public GoBuilder(
        GoToolchain toolchain, BuildOptions options, BuildParallelism parallelism, IReadOnlyList<string>? outputs = null)
    {
        _toolchain = toolchain;
        _options = options;
        _parallelism = parallelism;
        _outputs = outputs ?? [];
        _flags = new GoFlags(options, toolchain.Flags);
    }

    /// <summary>The command that a build runs.</summary>
    /// <param name="build">The build.</param>
    /// <exception cref="GoCrossException">CCompilerMissing; CCompilerUnknown; CompilerNotFound; ZigHasNoStaticGlibc;
    /// FlagsUnquotable.</exception>
    public BuildCommand CommandFor(BuildRequest build)
    {
        CCompiler? compiler = build.Strategy == BuildStrategy.Static
            ? null
            : CCompiler.Find(_toolchain, build.Target, build.Strategy, _options.Compiler);
        bool ownPaths = BuildEnvironment.UsesOwnPaths(_toolchain, build.Target, build.Strategy, compiler);
        SortedDictionary<string, string> environment = BuildEnvironment.Of(
            _toolchain, build.Target, build.Strategy, compiler, _parallelism.Jobs, ownPaths, _flags);
        if (build.PkgConfigStamp is { } stamp && _toolchain.Host is LocalGoHost)
        {
            environment["CGO_CPPFLAGS"] = PkgConfigAnswers.AddTo(environment.GetValueOrDefault("CGO_CPPFLAGS"), stamp);
        }

        return new BuildCommand(
            _toolchain,
            build,
            _flags.For(build.Strategy, CrossPlatform.Of(build.Target)?.GlibcLoader, compiler, _parallelism.Jobs, build.Package),
            environment,
            BuildEnvironment.Removed(_toolchain, ownPaths),
            compiler,
            hasOverlay: _options.CaBundle is not null);
    }

    /// <summary>
    /// What two builds have to have in common to be one go build: all but the package, and the package's name, as go names
    /// the programs. Null for a build that goes by itself.
    /// </summary>
    /// <param name="build">The build.</param>
    internal string? GroupOf(BuildRequest build)
    {
        if (build.Package.Directory.Length == 0)
        {
            return null;
        }

        try
        {
            // Packages of one module or workspace are one go build wherever it runs, but for paths that start there.
            string module = _toolchain.Variable("GOMOD");
            IReadOnlyList<string> flags = CommandFor(build).Flags;
            bool isRelative = toolchainSays("GOFLAGS").Contains("./", StringComparison.Ordinal) || flags.Any(flag => flag.StartsWith('.'));
            return string.Join(
                '\n',
                [
                    isRelative || module.Length == 0 ? build.Package.WorkingDirectory : module,
                    toolchainSays("GOWORK"), _toolchain.Version, build.Target.Name, build.Strategy.ToString(),
                    build.PkgConfigStamp ?? string.Empty, .. flags,
                ]);
        }
        catch (GoCrossException)
        {
            // The build itself says what is wrong.
            return null;
        }

        string toolchainSays(string name) => _toolchain.Variable(name);
    }

    /// <summary>Builds one program, as <see cref="BuildAsync(IReadOnlyList{BuildRequest}, Action{string}, CancellationToken)"/> does.</summary>
    /// <param name="build">The build.</param>
    /// <param name="onLine">Gets each line that go prints, on a thread of the pool.</param>
    /// <param name="cancellation">Kills go and all it started.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<BuildOutcome> BuildAsync(BuildRequest build, Action<string>? onLine, CancellationToken cancellation)
    {
        IReadOnlyList<BuildOutcome> outcomes = await BuildAsync([build], onLine, cancellation).ConfigureAwait(false);
        return outcomes[0];
    }

    /// <summary>
    /// Builds programs of one group with one go build: what they share is compiled once. Every failure that can be foreseen
    /// is an outcome; no process and no file is left of a build that fails or is cancelled, and a file that stood under an
    /// output's name stays. What a common go build does not make is built again by itself, so that what is wrong with one
    /// program costs no other and its diagnostics are its own.
    /// </summary>
    /// <param name="builds">The builds, one at least.</param>
    /// <param name="onLine">Gets each line that go prints, on a thread of the pool.</param>
    /// <param name="cancellation">Kills go and all it started.</param>
    /// <returns>What came of each, in the builds' order.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<BuildOutcome>> BuildAsync(
        IReadOnlyList<BuildRequest> builds, Action<string>? onLine, CancellationToken cancellation)
    {
        var run = new BuildRun(new BuildOutputParser([.. builds.Select(build => build.Package)], _toolchain.Root, _flags.ShowsCommands), onLine);
        Job[] jobs = [.. builds.Select(build => new Job(build, run))];
        try
        {
            foreach (Job job in jobs)
            {
                Try(job, () => Open(job));
            }

            Job[] open = [.. jobs.Where(job => job.Outcome is null)];
            if (open.Length > 0)
            {
                await BuildTogetherAsync(open, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            Array.ForEach(jobs, job => job.Dispose());
        }

        foreach (Job job in jobs.Where(job => job.Outcome is null))
        {
            job.Outcome = await BuildAsync(job.Build, onLine, cancellation).ConfigureAwait(false);
        }

        return [.. jobs.Select(job => job.Outcome!)];
    }

    private async Task BuildTogetherAsync(Job[] jobs, CancellationToken cancellation)
    {
        string? folder = jobs.Length == 1 ? null : Beside(jobs[0].Output!.Path);
        try
        {
            foreach (Job job in jobs)
            {
                job.Made = folder is null ? job.Output!.TemporaryPath : Path.Combine(folder, FileNameOf(job.Build));
            }

            if (folder is not null)
            {
                Directory.CreateDirectory(folder);
            }

            await LinkAsync(jobs, folder ?? jobs[0].Made, cancellation).ConfigureAwait(false);

            // Of a go build that failed there is no second one to compare with.
            bool isCompared = !_options.Reproducible || !jobs[0].Run.Failed;
            foreach (Job job in jobs.Where(job => job.Outcome is null && isCompared && File.Exists(job.Made)))
            {
                await TryAsync(job, () => FinishAsync(job, cancellation)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            // One that is alone fails with that; what several have in common is found out for each by itself.
            foreach (Job job in jobs.Length == 1 ? jobs : [])
            {
                Fail(job, e);
            }
        }
        finally
        {
            Remove(folder);
        }

        if (jobs is [{ Outcome: null }])
        {
            await AskVersionControlAsync(jobs[0], cancellation).ConfigureAwait(false);
            Fail(jobs[0], BuildFailure.Of(jobs[0].Run.Errors, jobs[0].Build, _toolchain));
        }
    }

    /// <summary>Links programs, and again those that somebody changed behind go's back, which looks at the build ID alone.</summary>
    private async Task LinkAsync(Job[] jobs, string output, CancellationToken cancellation)
    {
        BuiltFiles.Reuse[] reuses = [.. jobs.Select(job => BuiltFiles.TryReuse(job.Output!.Path, job.Made, _toolchain.Host))];
        await RunAsync(jobs, output, cache: false, jobs[0].Run, cancellation).ConfigureAwait(false);
        List<Job> changed = [];
        for (int i = 0; i < jobs.Length; i++)
        {
            if (!File.Exists(jobs[i].Made))
            {
                continue;
            }

            jobs[i].Sha256 = await FileHash.Sha256Async(jobs[i].Made, cancellation).ConfigureAwait(false);
            if (!await reuses[i].AcceptsAsync(jobs[i].Sha256, cancellation).ConfigureAwait(false))
            {
                File.Delete(jobs[i].Made);
                changed.Add(jobs[i]);
            }
        }

        if (changed.Count > 0)
        {
            await RunAsync(jobs, output, cache: false, jobs[0].Run, cancellation).ConfigureAwait(false);
            foreach (Job job in changed.Where(job => File.Exists(job.Made)))
            {
                job.Sha256 = await FileHash.Sha256Async(job.Made, cancellation).ConfigureAwait(false);
            }
        }

        if (_options.Reproducible && !jobs[0].Run.Failed)
        {
            await CompareWithSecondAsync(jobs, output, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Runs go build where go is, and brings what it made to this machine.</summary>
    private async Task RunAsync(Job[] jobs, string output, bool cache, BuildRun run, CancellationToken cancellation)
    {
        GoPackage[] packages = [.. jobs.Select(job => job.Build.Package)];
        BuildCommand command = jobs[0].Command!;
        IGoWorkFolder work = await _toolchain.Host.CreateWorkFolderAsync(output, jobs.Length > 1, cancellation).ConfigureAwait(false);
        await using (work.ConfigureAwait(false))
        {
            string? overlay = _options.CaBundle is { } bundle
                ? await EmbeddedRoots.WriteAsync(bundle, packages, OverlayPath(packages[0]), work, cancellation).ConfigureAwait(false)
                : null;
            string? ignored = await IgnoredAsync(packages, work, cancellation).ConfigureAwait(false);
            ProcessResult result = await _toolchain.Host.RunAsync(
                command.ToRequest(packages, work, overlay, ignored, cache ? work.Path + "/cache" : null, run.Add), cancellation).ConfigureAwait(false);
            run.Complete(result);
            if (!run.Failed || jobs.Length > 1)
            {
                await work.FetchAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private string? OverlayPath(GoPackage package) => _flags.Overlay is { } overlay ? Path.GetFullPath(overlay, package.WorkingDirectory) : null;

    private async Task<string?> IgnoredAsync(GoPackage[] packages, IGoWorkFolder work, CancellationToken cancellation)
    {
        string? text = _outputs.Count == 0 || _options.BuildVcs == "false"
            ? null
            : await StampedSource.FindIgnoredAsync(
                _toolchain, packages[0].WorkingDirectory, [.. packages.Select(package => package.Directory)], _outputs, cancellation).ConfigureAwait(false);
        return text is null ? null : await work.AddFileAsync("ignored", text, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Builds a second time, with an empty cache and another temporary folder, and compares. What the first build took
    /// from the cache is made anew.
    /// </summary>
    private async Task CompareWithSecondAsync(Job[] jobs, string output, CancellationToken cancellation)
    {
        string second = output + ".again";
        try
        {
            if (jobs.Length > 1)
            {
                Directory.CreateDirectory(second);
            }

            var run = new BuildRun(new BuildOutputParser([.. jobs.Select(job => job.Build.Package)], _toolchain.Root, _flags.ShowsCommands), null);
            await RunAsync(jobs, second, cache: true, run, cancellation).ConfigureAwait(false);
            foreach (Job job in jobs)
            {
                string again = jobs.Length == 1 ? second : Path.Combine(second, FileNameOf(job.Build));
                await TryAsync(job, () => RequireSameAsync(job, again, run, _toolchain, cancellation)).ConfigureAwait(false);
            }
        }
        finally
        {
            File.Delete(second);
            Remove(second);
        }
    }

    /// <exception cref="GoCrossException">BuildNotReproducible; BuildFailed and its like.</exception>
    private static async Task RequireSameAsync(
        Job job, string again, BuildRun run, GoToolchain toolchain, CancellationToken cancellation)
    {
        if (!File.Exists(again))
        {
            throw BuildFailure.Of(run.Errors, job.Build, toolchain);
        }

        if (await FileHash.Sha256Async(again, cancellation).ConfigureAwait(false) != job.Sha256)
        {
            throw GoCrossException.Create(
                ErrorKind.VerificationFailed,
                nameof(Messages.BuildNotReproducible),
                job.Build.Package.ImportPath,
                job.Build.Target.Name,
                job.Build.Strategy,
                ProgramDifference.Describe(job.Made, again));
        }
    }

    /// <summary>Reads a program back and gives it its name.</summary>
    private async Task FinishAsync(Job job, CancellationToken cancellation)
    {
        BuildRequest build = job.Build;
        AtomicFile output = job.Output!;
        BuiltProgram program = await BuiltProgram.VerifyAsync(
            build, job.Made, new NotStaticCause(_toolchain, build, job.Command!, _flags), cancellation).ConfigureAwait(false);
        bool isUpToDate = await IsSameAsync(output.Path, job, cancellation).ConfigureAwait(false);
        GoBuild built = Describe(job, success: true) with
        {
            Path = output.Path,
            Length = new FileInfo(job.Made).Length,
            Sha256 = job.Sha256,
            UpToDate = isUpToDate,
            Linkage = program.Linkage,
            RunsInScratch = program.RunsInScratch,
            Reason = program.Reason,
            Interpreter = program.Interpreter,
            Reproducible = _options.Reproducible ? true : null,
            ProvenancePath = job.Statement?.Path,
            Warnings = (BuildDiagnostic[])
            [
                .. job.Run.WarningsFor(build.Package),
                .. program.Warnings,
                .. _options.Defines.Count == 0 ? [] : await DefinedVariables.FindMissingAsync(
                    _toolchain, build, job.Command!, _options.Defines.Select(pair => pair.Key), cancellation).ConfigureAwait(false),
            ],
        };
        if (job.Statement is { } statement)
        {
            using FileStream stream = statement.OpenWrite();
            ProvenanceStatement.Write(stream, built, _options, program.Info, job.StartedOn, DateTimeOffset.UtcNow);
        }

        if (!isUpToDate)
        {
            if (job.Made != output.TemporaryPath)
            {
                File.Move(job.Made, output.TemporaryPath);
            }

            output.Commit();
        }

        job.Statement?.Commit();
        BuiltFiles.Remember(output.Path, job.Sha256);
        job.Outcome = new BuildOutcome(built, null);
    }

    /// <summary>Whether the program stands there already, byte for byte.</summary>
    private static async Task<bool> IsSameAsync(string path, Job job, CancellationToken cancellation) =>
        new FileInfo(path) is { Exists: true, LinkTarget: null } file && file.Length == new FileInfo(job.Made).Length
        && await FileHash.Sha256Async(path, cancellation).ConfigureAwait(false) == job.Sha256;

    private void Open(Job job)
    {
        job.Command = CommandFor(job.Build);
        job.Output = OpenOutput(job.Build.OutputPath, _options.Overwrite || ObjectFile.IsReplaceable(job.Build.OutputPath));
        if (_options.Provenance is { } place)
        {
            string path = place.Expand(job.Build.Package, job.Build.Target, job.Build.Strategy);
            job.Statement = OpenOutput(path, _options.Overwrite || ProvenanceStatement.IsOurs(path));
        }
    }

    private void Try(Job job, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            Fail(job, e);
        }
    }

    private async Task TryAsync(Job job, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            Fail(job, e);
        }
    }

    private void Fail(Job job, Exception cause)
    {
        GoCrossException failure = cause as GoCrossException ?? NotWritable(cause, job.Build.OutputPath);
        job.Outcome = new BuildOutcome(
            Describe(job, success: false) with
            {
                Diagnostics = job.Run.Errors.Count > 0
                    ? job.Run.Errors
                    : new[] { new BuildDiagnostic { Severity = DiagnosticSeverity.Error, Message = failure.Message, Package = job.Build.Package.ImportPath } },
                ErrorId = failure.ErrorId,
                Error = failure.Message,
            },
            failure);
    }

    /// <summary>Asks git, or whatever the checkout is of, what is wrong, where go has only its exit status to tell.</summary>
    private async Task AskVersionControlAsync(Job job, CancellationToken cancellation)
    {
        if (job.Run.Errors.Any(error => error.Message.Contains("error obtaining VCS status", StringComparison.Ordinal))
            && VersionControl.Of(job.Build.Package.WorkingDirectory) is { } system && _toolchain.Host.FindProgram(system.Program) is { } program)
        {
            ProcessResult result = await _toolchain.Host.RunAsync(
                new ProcessRequest
                {
                    FileName = program,
                    Arguments = system.StatusArguments,
                    WorkingDirectory = _toolchain.Host.PathOf(job.Build.Package.WorkingDirectory),
                    Environment = _toolchain.BaseEnvironment(),
                },
                cancellation).ConfigureAwait(false);
            if (result.ExitCode != 0 && result.StandardError.Split('\n')[0].Trim() is { Length: > 0 } reason)
            {
                job.Run.Explain("error obtaining VCS status", reason);
            }
        }
    }

    private GoBuild Describe(Job job, bool success) => new()
    {
        Package = job.Build.Package.ImportPath,
        Name = job.Build.Package.Name,
        Os = job.Build.Target.Os,
        Architecture = job.Build.Target.Architecture,
        Variant = job.Build.Target.Variant,
        Target = job.Build.Target.Name,
        Strategy = job.Build.Strategy,
        StrategyReason = job.Build.StrategyReason,
        Success = success,
        GoVersion = _toolchain.Version,
        Compiler = job.Command?.Compiler,
        CommandLine = job.Command?.CommandLine ?? [],
        Command = job.Command?.ToString() ?? string.Empty,
        Environment = job.Command?.Environment ?? new Dictionary<string, string>(),
        GoFlags = _flags.TakenFor(job.Build.Package).ToArray(),
        Tags = _flags.TagsFor(job.Build.Strategy).ToArray(),
        Duration = Stopwatch.GetElapsedTime(job.Started),
        GoDuration = job.Run.Duration,
        Warnings = job.Run.WarningsFor(job.Build.Package).ToArray(),
    };

    private static AtomicFile OpenOutput(string path, bool overwrite)
    {
        try
        {
            AtomicFile output = AtomicFile.Create(path, overwrite);

            // It leaves no file: go gives a file of its own making the mode of a program, and leaves that of one it finds.
            output.RequireWritable();
            return output;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e, path);
        }
    }

    private static GoCrossException NotWritable(Exception cause, string path) => GoCrossException.Create(
        cause,
        cause is UnauthorizedAccessException ? ErrorKind.AccessDenied : ErrorKind.Unavailable,
        nameof(Messages.OutputNotWritable),
        path,
        cause.Message);

    /// <summary>A folder beside an output, for the programs of one go build: the same file system, so that a rename is enough.</summary>
    private static string Beside(string output) => Path.Combine(
        Path.GetDirectoryName(output)!, $".{Path.GetFileName(output)}.{Path.GetRandomFileName()}.tmp");

    /// <summary>What go build calls a program in a folder.</summary>
    private static string FileNameOf(BuildRequest build) => build.Target.Os == "windows" ? build.Package.Name + ".exe" : build.Package.Name;

    private static void Remove(string? folder)
    {
        if (folder is not null && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A build while it runs.</summary>
    private sealed class Job(BuildRequest build, BuildRun run) : IDisposable
    {
        internal BuildRequest Build { get; } = build;

        internal BuildRun Run { get; } = run;

        internal long Started { get; } = Stopwatch.GetTimestamp();

        internal DateTimeOffset StartedOn { get; } = DateTimeOffset.UtcNow;

        internal BuildCommand? Command { get; set; }

        internal AtomicFile? Output { get; set; }

        internal AtomicFile? Statement { get; set; }

        /// <summary>The file that go makes, before it is checked.</summary>
        internal string Made { get; set; } = string.Empty;

        internal string Sha256 { get; set; } = string.Empty;

        internal BuildOutcome? Outcome { get; set; }

        public void Dispose()
        {
            Output?.Dispose();
            Statement?.Dispose();
        }
    }
}
