using System.Diagnostics;
using System.Security.Cryptography;
using GoCross.Builds.Hosts;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>Runs go build, reads the result back, and gives it its name only if it is what was promised.</summary>
public sealed class GoBuilder
{
    /// <summary>
    /// Variables of the caller's that change the result, each with what go env gives for it where the caller set nothing,
    /// which is not worth telling. GOPROXY, GOPRIVATE and their kin, which may hold a secret, change where modules come
    /// from and not what comes out.
    /// </summary>
    private static readonly (string Name, string Default)[] Honoured =
    [
        ("CGO_CFLAGS", "-O2 -g"),
        ("CGO_CPPFLAGS", ""),
        ("CGO_CXXFLAGS", "-O2 -g"),
        ("CGO_FFLAGS", "-O2 -g"),
        ("CGO_LDFLAGS", "-O2 -g"),
        ("GO111MODULE", ""),
        ("GO_EXTLINK_ENABLED", ""),
        ("GOEXPERIMENT", ""),
        ("GOFIPS140", "off"),
        ("GOFLAGS", ""),
        ("GOTOOLCHAIN", "auto"),
        ("GOWORK", ""),
    ];

    /// <summary>The same for variables that matter only where there is C to compile.</summary>
    private static readonly (string Name, string Default)[] HonouredForC =
    [
        ("AR", "ar"),
        ("CGO_CFLAGS_ALLOW", ""),
        ("CGO_CFLAGS_DISALLOW", ""),
        ("CGO_CPPFLAGS_ALLOW", ""),
        ("CGO_CPPFLAGS_DISALLOW", ""),
        ("CGO_CXXFLAGS_ALLOW", ""),
        ("CGO_CXXFLAGS_DISALLOW", ""),
        ("CGO_FFLAGS_ALLOW", ""),
        ("CGO_FFLAGS_DISALLOW", ""),
        ("CGO_LDFLAGS_ALLOW", ""),
        ("CGO_LDFLAGS_DISALLOW", ""),
        ("FC", "gfortran"),
        ("PKG_CONFIG", "pkg-config"),
        ("PKG_CONFIG_LIBDIR", ""),
        ("PKG_CONFIG_PATH", ""),
        ("PKG_CONFIG_SYSROOT_DIR", ""),
    ];

    /// <summary>
    /// Where C compilers look before their own folders (GCC manual, "Environment Variables"). What is there is made for
    /// this machine and its C library, and would be mixed into a program for another.
    /// </summary>
    private static readonly string[] SearchPaths =
    [
        "CPATH", "CPLUS_INCLUDE_PATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "OBJC_INCLUDE_PATH",
    ];

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
    /// <exception cref="GoCrossException">CCompilerMissing; CCompilerUnknown; FlagsUnquotable.</exception>
    public BuildCommand CommandFor(PlannedBuild build)
    {
        CCompiler? compiler = build.Strategy == BuildStrategy.Static
            ? null
            : CCompiler.Find(_toolchain, build.Target, build.Strategy);
        bool native = build.Target.Os == _toolchain.HostOs && build.Target.Architecture == _toolchain.HostArchitecture;
        bool ownPaths = native && build.Strategy == BuildStrategy.Glibc;
        return new BuildCommand(
            _toolchain.Host,
            _toolchain.Command,
            build,
            FlagsFor(build),
            EnvironmentFor(build, compiler, ownPaths),
            ownPaths ? [] : SearchPaths,
            compiler);
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
        BuildCommand? command = null;
        var run = new Run(new BuildOutputParser(build.Package, _toolchain.Root), onLine);
        GoBuild Describe(bool success) => new()
        {
            Package = build.Package.ImportPath,
            Name = build.Package.Name,
            Os = build.Target.Os,
            Architecture = build.Target.Architecture,
            Variant = build.Target.Variant,
            Target = build.Target.Name,
            Strategy = build.Strategy,
            Success = success,
            GoVersion = _toolchain.Version,
            Compiler = command?.Compiler,
            CommandLine = command?.CommandLine ?? [],
            Command = command?.ToString() ?? string.Empty,
            Environment = command?.Environment ?? new Dictionary<string, string>(),
            Duration = Stopwatch.GetElapsedTime(started),
        };

        try
        {
            command = CommandFor(build);
            using AtomicFile output = OpenOutput(build.OutputPath);
            await RunAsync(command, output.TemporaryPath, run, cancellation).ConfigureAwait(false);
            if (run.Failed)
            {
                BuildDiagnostic first = run.Errors[0];
                throw GoCrossException.Create(
                    ErrorKind.ToolFailed,
                    run.Errors.Any(IsDiskFull) ? nameof(Messages.BuildDiskFull)
                        : IsExclusion(first) ? nameof(Messages.BuildExcluded)
                        : nameof(Messages.BuildFailed),
                    build.Package.ImportPath,
                    build.Target.Name,
                    build.Strategy,
                    first);
            }

            BuiltProgram program = BuiltProgram.Verify(build, output.TemporaryPath, cancellation);
            (long length, string sha256) = await MeasureAsync(output.TemporaryPath, cancellation).ConfigureAwait(false);
            output.Commit();
            return new BuildOutcome(
                Describe(success: true) with
                {
                    Path = output.Path,
                    Length = length,
                    Sha256 = sha256,
                    Linkage = program.Linkage,
                    RunsInScratch = program.RunsInScratch,
                    Reason = program.Reason,
                    Interpreter = program.Interpreter,
                    Warnings = run.Warnings,
                },
                null);
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
                    Warnings = run.Warnings,
                    ErrorId = failure.ErrorId,
                    Error = failure.Message,
                },
                failure);
        }
    }

    /// <summary>Runs go build where go is, and brings what it made to this machine.</summary>
    private async Task RunAsync(BuildCommand command, string output, Run run, CancellationToken cancellation)
    {
        IGoWorkFolder work = await _toolchain.Host.CreateWorkFolderAsync(output, cancellation).ConfigureAwait(false);
        await using (work.ConfigureAwait(false))
        {
            ProcessResult result = await _toolchain.Host.RunAsync(command.ToRequest(work, run.Add), cancellation).ConfigureAwait(false);
            run.Complete(result.ExitCode);
            if (!run.Failed)
            {
                await work.FetchAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether go finds no file to compile: build constraints rule all of them out, or cgo is off and all use C.</summary>
    private static bool IsExclusion(BuildDiagnostic diagnostic) =>
        diagnostic.Message.Contains("build constraints exclude all Go files", StringComparison.Ordinal);

    /// <summary>Whether go, or a compiler that it ran, found no space to write to: ENOSPC or EDQUOT, in libc's words.</summary>
    private static bool IsDiskFull(BuildDiagnostic diagnostic) =>
        diagnostic.Message.Contains("no space left on device", StringComparison.OrdinalIgnoreCase)
        || diagnostic.Message.Contains("disk quota exceeded", StringComparison.OrdinalIgnoreCase);

    private List<string> FlagsFor(PlannedBuild build)
    {
        List<string> flags = ["-trimpath", "-buildvcs=auto"];
        if (_parallelism.Jobs is { } jobs)
        {
            flags.AddRange(["-p", $"{jobs}"]);
        }

        if (_flags.TagsFor(build.Strategy) is { Count: > 0 } tags)
        {
            flags.AddRange(["-tags", string.Join(',', tags)]);
        }

        if (_flags.LinkerFlagsFor(build.Strategy, CrossPlatform.Of(build.Target)?.GlibcLoader) is { Length: > 0 } linkerFlags)
        {
            flags.AddRange(["-ldflags", linkerFlags]);
        }

        return flags;
    }

    private SortedDictionary<string, string> EnvironmentFor(PlannedBuild build, CCompiler? compiler, bool ownPaths)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        IEnumerable<(string Name, string Default)> honoured = compiler is null ? Honoured : Honoured.Concat(HonouredForC);
        if (ownPaths)
        {
            honoured = honoured.Concat(SearchPaths.Select(name => (name, string.Empty)));
        }

        foreach ((string name, string unset) in honoured)
        {
            // go env tells of its own variables, those of its configuration file among them, but not of all that it reads.
            string value = _toolchain.Variable(name) is { Length: > 0 } told
                ? told
                : _toolchain.Host.GetVariable(name) ?? string.Empty;
            if (value.Length > 0 && value != unset)
            {
                environment[name] = value;
            }
        }

        foreach ((string name, string value) in build.Target.Variables())
        {
            environment[name] = value;
        }

        environment["CGO_ENABLED"] = compiler is null ? "0" : "1";
        if (compiler is not null)
        {
            environment["CC"] = compiler.Path;
            environment["CXX"] = compiler.CxxPath;
        }

        if (_parallelism.Jobs is { } jobs)
        {
            environment["GOMAXPROCS"] = $"{jobs}";
        }

        return environment;
    }

    private AtomicFile OpenOutput(string path)
    {
        AtomicFile output = AtomicFile.Create(path, _options.Overwrite);

        // It leaves no file: go gives a file of its own making the mode of a program, and leaves that of one it finds.
        output.RequireWritable();
        return output;
    }

    private static async Task<(long Length, string Sha256)> MeasureAsync(string path, CancellationToken cancellation)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            byte[] hash = await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false);
            return (stream.Length, Convert.ToHexString(hash).ToLowerInvariant());
        }
    }

    private static GoCrossException NotWritable(Exception cause, string path) => GoCrossException.Create(
        cause,
        cause is UnauthorizedAccessException ? ErrorKind.AccessDenied : ErrorKind.Unavailable,
        nameof(Messages.OutputNotWritable),
        path,
        cause.Message);

    /// <summary>What go prints in one build: two streams on two threads.</summary>
    private sealed class Run(BuildOutputParser parser, Action<string>? onLine)
    {
        private readonly object _gate = new();

        internal bool Failed { get; private set; }

        internal IReadOnlyList<BuildDiagnostic> Errors { get; private set; } = [];

        internal IReadOnlyList<BuildDiagnostic> Warnings { get; private set; } = [];

        internal void Add(string line)
        {
            lock (_gate)
            {
                parser.Add(line);
            }

            onLine?.Invoke(line);
        }

        internal void Complete(int exitCode)
        {
            lock (_gate)
            {
                Failed = exitCode != 0;
                (Errors, Warnings) = parser.Complete(exitCode == 0);
                if (Failed && Errors.Count == 0)
                {
                    // Killed by somebody else, for example: it had no time to say anything.
                    Errors =
                    [
                        new BuildDiagnostic
                        {
                            Severity = DiagnosticSeverity.Error,
                            Message = TextFormat.Fill(Texts.SaidNothing, exitCode),
                        },
                    ];
                }
            }
        }
    }
}
