using System.Diagnostics;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Processes;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>Runs go build, reads the result back, and gives it its name only if it is what was promised.</summary>
public sealed class GoBuilder
{
    private readonly GoToolchain _toolchain;
    private readonly BuildOptions _options;
    private readonly BuildParallelism _parallelism;
    private readonly GoFlags _flags;

    /// <summary>Prepares builds.</summary>
    /// <param name="toolchain">The toolchain, as it is in the packages' working directory.</param>
    /// <param name="options">What holds for every build.</param>
    /// <param name="parallelism">How many builds run at once. It is the caller who runs them.</param>
    /// <exception cref="GoCrossException">FlagsUnclosed; DefineInvalid.</exception>
    public GoBuilder(GoToolchain toolchain, BuildOptions options, BuildParallelism parallelism)
    {
        _toolchain = toolchain;
        _options = options;
        _parallelism = parallelism;
        _flags = new GoFlags(options, toolchain.Flags);
    }

    /// <summary>The command that a build runs.</summary>
    /// <param name="build">The build.</param>
    /// <exception cref="GoCrossException">CCompilerMissing; CCompilerUnknown; CompilerNotFound; ZigHasNoStaticGlibc;
    /// FlagsUnquotable.</exception>
    public BuildCommand CommandFor(PlannedBuild build)
    {
        CCompiler? compiler = build.Strategy == BuildStrategy.Static
            ? null
            : CCompiler.Find(_toolchain, build.Target, build.Strategy, _options.Compiler);
        bool ownPaths = BuildEnvironment.UsesOwnPaths(_toolchain, build.Target, build.Strategy, compiler);
        return new BuildCommand(
            _toolchain,
            build,
            _flags.For(build, compiler, _parallelism.Jobs),
            BuildEnvironment.Of(_toolchain, build.Target, compiler, _parallelism.Jobs, ownPaths),
            BuildEnvironment.Removed(ownPaths),
            compiler,
            hasOverlay: _options.CaBundle is not null);
    }

    /// <summary>
    /// Builds. Every failure that can be foreseen is an outcome; no process and no file is left of a build that fails
    /// or is cancelled, and a file that stood under the output's name stays.
    /// </summary>
    /// <param name="build">The build.</param>
    /// <param name="onLine">Gets each line that go prints, on a thread of the pool.</param>
    /// <param name="cancellation">Kills go and all it started.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<BuildOutcome> BuildAsync(
        PlannedBuild build, Action<string>? onLine, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        DateTimeOffset startedOn = DateTimeOffset.UtcNow;
        BuildCommand? command = null;
        var run = new BuildRun(new BuildOutputParser(build.Package, _toolchain.Root), onLine);
        GoBuild Describe(bool success) => new()
        {
            Package = build.Package.ImportPath,
            Name = build.Package.Name,
            Os = build.Target.Os,
            Architecture = build.Target.Architecture,
            Variant = build.Target.Variant,
            Target = build.Target.Name,
            Strategy = build.Strategy,
            StrategyReason = build.StrategyReason,
            Success = success,
            GoVersion = _toolchain.Version,
            Compiler = command?.Compiler,
            CommandLine = command?.CommandLine ?? [],
            Command = command?.ToString() ?? string.Empty,
            Environment = command?.Environment ?? new Dictionary<string, string>(),
            Tags = _flags.TagsFor(build.Strategy).ToArray(),
            Duration = Stopwatch.GetElapsedTime(started),
            GoDuration = run.Duration,
            Warnings = run.Warnings,
        };

        try
        {
            command = CommandFor(build);
            using AtomicFile output = OpenOutput(build.OutputPath);
            using AtomicFile? statement = _options.Provenance is { } place
                ? OpenOutput(place.Expand(build.Package, build.Target, build.Strategy))
                : null;
            (BuiltProgram program, string sha256) = await LinkAsync(build, command, output, run, cancellation).ConfigureAwait(false);
            if (_options.Reproducible)
            {
                await RequireSameAgainAsync(build, command, output.TemporaryPath, sha256, cancellation).ConfigureAwait(false);
            }

            GoBuild built = Describe(success: true) with
            {
                Path = output.Path,
                Length = new FileInfo(output.TemporaryPath).Length,
                Sha256 = sha256,
                Linkage = program.Linkage,
                RunsInScratch = program.RunsInScratch,
                Reason = program.Reason,
                Interpreter = program.Interpreter,
                Reproducible = _options.Reproducible ? true : null,
                ProvenancePath = statement?.Path,
            };
            if (statement is not null)
            {
                using FileStream stream = statement.OpenWrite();
                ProvenanceStatement.Write(stream, built, _options, program.Info, startedOn, DateTimeOffset.UtcNow);
            }

            output.Commit();
            statement?.Commit();
            BuiltFiles.Remember(output.Path, sha256);
            return new BuildOutcome(built, null);
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            GoCrossException failure = e as GoCrossException ?? NotWritable(e, build.OutputPath);
            return new BuildOutcome(
                Describe(success: false) with
                {
                    Diagnostics = run.Errors.Count > 0
                        ? run.Errors
                        : new[] { new BuildDiagnostic { Severity = DiagnosticSeverity.Error, Message = failure.Message, Package = build.Package.ImportPath } },
                    ErrorId = failure.ErrorId,
                    Error = failure.Message,
                },
                failure);
        }
    }

    /// <summary>Links a program and reads it back.</summary>
    private async Task<(BuiltProgram Program, string Sha256)> LinkAsync(
        PlannedBuild build, BuildCommand command, AtomicFile output, BuildRun run, CancellationToken cancellation)
    {
        BuiltFiles.Reuse reuse = BuiltFiles.TryReuse(output, _toolchain.Host);
        await RunAsync(build, command, output.TemporaryPath, cache: false, run, cancellation).ConfigureAwait(false);
        string sha256 = await FileHash.Sha256Async(output.TemporaryPath, cancellation).ConfigureAwait(false);
        if (!await reuse.AcceptsAsync(sha256, cancellation).ConfigureAwait(false))
        {
            // Somebody changed the program behind go's back, which looks at the build ID alone.
            File.Delete(output.TemporaryPath);
            await RunAsync(build, command, output.TemporaryPath, cache: false, run, cancellation).ConfigureAwait(false);
            sha256 = await FileHash.Sha256Async(output.TemporaryPath, cancellation).ConfigureAwait(false);
        }

        BuiltProgram program = await BuiltProgram.VerifyAsync(
            build, output.TemporaryPath, new NotStaticCause(_toolchain, build, command, _flags), cancellation).ConfigureAwait(false);
        return (program, sha256);
    }

    /// <summary>
    /// Runs go build where go is, and brings what it made to this machine.
    /// </summary>
    /// <exception cref="GoCrossException">BuildFailed and its like.</exception>
    private async Task RunAsync(
        PlannedBuild build, BuildCommand command, string output, bool cache, BuildRun run, CancellationToken cancellation)
    {
        IGoWorkFolder work = await _toolchain.Host.CreateWorkFolderAsync(output, cancellation).ConfigureAwait(false);
        await using (work.ConfigureAwait(false))
        {
            string? overlay = _options.CaBundle is { } bundle
                ? await EmbeddedRoots.WriteAsync(bundle, build.Package, work, cancellation).ConfigureAwait(false)
                : null;
            ProcessResult result = await _toolchain.Host.RunAsync(
                command.ToRequest(work, overlay, cache ? work.Path + "/cache" : null, run.Add), cancellation).ConfigureAwait(false);
            run.Complete(result);
            if (run.Failed)
            {
                (string errorId, BuildDiagnostic cause) = BuildFailure.Of(run.Errors);
                throw GoCrossException.Create(
                    ErrorKind.ToolFailed,
                    errorId,
                    build.Package.ImportPath,
                    build.Target.Name,
                    build.Strategy,
                    cause);
            }

            await work.FetchAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Builds a second time, with an empty cache and another temporary folder, and compares. What the first build took
    /// from the cache is made anew.
    /// </summary>
    /// <exception cref="GoCrossException">BuildNotReproducible; BuildFailed and its like.</exception>
    private async Task RequireSameAgainAsync(
        PlannedBuild build, BuildCommand command, string first, string sha256, CancellationToken cancellation)
    {
        string second = first + ".again";
        try
        {
            var run = new BuildRun(new BuildOutputParser(build.Package, _toolchain.Root), null);
            await RunAsync(build, command, second, cache: true, run, cancellation).ConfigureAwait(false);
            if (await FileHash.Sha256Async(second, cancellation).ConfigureAwait(false) != sha256)
            {
                throw GoCrossException.Create(
                    ErrorKind.VerificationFailed,
                    nameof(Messages.BuildNotReproducible),
                    build.Package.ImportPath,
                    build.Target.Name,
                    build.Strategy,
                    ProgramDifference.Describe(first, second));
            }
        }
        finally
        {
            File.Delete(second);
        }
    }

    private AtomicFile OpenOutput(string path)
    {
        try
        {
            AtomicFile output = AtomicFile.Create(path, _options.Overwrite);

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
}
