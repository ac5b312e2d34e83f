using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Libraries;
using GoCross.Roots;
using GoCross.Toolchains;

namespace GoCross.Runs;

/// <summary>
/// Says how a program is run here, or why it cannot be: what the kernel would only call "no such file or directory" is told
/// from the file before anything is started.
/// </summary>
internal sealed class RunPlanner(RunOptions options)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Makes the plan for a program.</summary>
    /// <param name="fullPath">Its full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty: there is no file to speak of.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal RunPlan Plan(string fullPath, CancellationToken cancellation)
    {
        using var source = RandomAccessFile.Open(fullPath);
        BinaryFormat format = BinaryFormats.Detect(source);
        return format switch
        {
            BinaryFormat.Elf => PlanElf(source, cancellation),
            BinaryFormat.Pe => PlanForeignFormat(source, "windows"),
            BinaryFormat.MachO or BinaryFormat.MachOUniversal => PlanForeignFormat(source, "darwin"),
            BinaryFormat.Script => NoProgram(source.Name, TextFormat.Fill(Texts.RunScript, Interpreter(source))),
            BinaryFormat.WebAssembly => NoProgram(source.Name, Texts.RunWebAssembly),
            BinaryFormat.Archive => NoProgram(source.Name, Texts.RunArchive),
            _ => NoProgram(source.Name, Texts.RunUnknown),
        };
    }

    /// <summary>Makes the plan for a program that is to be run in a container: of what is there, the engine knows more.</summary>
    /// <param name="fullPath">Its full path.</param>
    /// <param name="image">The container's image.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">As for <see cref="Plan"/>.</exception>
    internal RunPlan PlanForContainer(string fullPath, string image, CancellationToken cancellation)
    {
        using var source = RandomAccessFile.Open(fullPath);
        if (BinaryFormats.Detect(source) != BinaryFormat.Elf)
        {
            RunPlan plan = Plan(fullPath, cancellation);
            return plan.Failure is not null
                ? plan
                : Refuse(plan, ErrorKind.Unsupported, nameof(Messages.RunOtherSystem), Texts.RunContainerNeedsLinux, null);
        }

        RunPlan? refusal = TryReadElf(source, cancellation, out RootReport? report, out RunPlan read);
        if (refusal is not null)
        {
            return refusal;
        }

        read = read with { Runner = ProgramContainer.Runner, RunnerPath = image, Loader = report!.Interpreter };
        return report.OperatingSystem is null or "linux"
            ? read with { CommandLine = Command(ProgramContainer.PathOf(fullPath)) }
            : Refuse(read, ErrorKind.Unsupported, nameof(Messages.RunOtherSystem), Texts.RunContainerNeedsLinux, null);
    }

    private RunPlan PlanElf(RandomAccessFile source, CancellationToken cancellation)
    {
        if (TryReadElf(source, cancellation, out RootReport? report, out RunPlan plan) is { } refusal)
        {
            return refusal;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(source.Name) & AnyExecute) == 0)
        {
            string mode = "0" + Convert.ToString((int)File.GetUnixFileMode(source.Name), 8);
            return Refuse(plan, ErrorKind.AccessDenied, nameof(Messages.RunNotExecutable), TextFormat.Fill(Texts.RunNotExecutable, mode), null);
        }

        TargetRunner runner = TargetRunner.Find(report!.OperatingSystem ?? "linux", report.Architecture ?? report.Machine);
        switch (runner.Runs)
        {
            case TargetRun.Native:
                plan = plan with { CommandLine = Command(source.Name) };
                return report.RunsInRoot == Verdict.No ? RefuseMissing(plan, report) : plan;

            case TargetRun.Qemu:
                return PlanQemu(plan, source, report, runner.Path!, cancellation);

            default:
                return runner.Install is { } install
                    ? Refuse(plan, ErrorKind.ToolMissing, nameof(Messages.RunEmulatorMissing), runner.Reason, install)
                    : Refuse(plan, ErrorKind.Unsupported, nameof(Messages.RunOtherSystem), runner.Reason, null);
        }
    }

    /// <summary>Reads an ELF file. Gives the plan of one that is not a program anywhere, or null for one that is.</summary>
    private RunPlan? TryReadElf(RandomAccessFile source, CancellationToken cancellation, out RootReport? report, out RunPlan plan)
    {
        plan = new RunPlan { Path = source.Name };
        report = null;
        try
        {
            report = Inspect(source, sysRoot: null, cancellation);
        }
        catch (GoCrossException e)
        {
            return NoProgram(source.Name, e.Message); // Damaged.
        }

        plan = plan with { Target = $"{report.OperatingSystem ?? "linux"}/{report.Architecture ?? report.Machine}" };
        return report.Linkage.IsKnownNonProgram()
            && report.RunsInScratch != Verdict.Unknown
            ? NoProgram(source.Name, report.Reason) with { Target = plan.Target }
            : null;
    }

    private RunPlan PlanQemu(
        RunPlan plan, RandomAccessFile source, RootReport report, string qemu, CancellationToken cancellation)
    {
        plan = plan with { Runner = Path.GetFileNameWithoutExtension(qemu), RunnerPath = qemu };
        if (report.Interpreter is null)
        {
            return report.RunsInRoot == Verdict.No
                ? RefuseMissing(plan, report)
                : plan with { CommandLine = Command(qemu, source.Name) };
        }

        string?[] candidates = [.. SysRoots.Candidates(options, report.Architecture!)];
        RunPlan? refused = null;
        foreach (string? candidate in candidates)
        {
            if (!File.Exists(candidate + report.Interpreter))
            {
                continue;
            }

            RootReport there = candidate is null ? report : Inspect(source, candidate, cancellation);
            RunPlan found = plan with
            {
                SysRoot = candidate,
                CommandLine = candidate is null ? Command(qemu, source.Name) : Command(qemu, "-L", candidate, source.Name),
            };
            if (there.RunsInRoot != Verdict.No)
            {
                return found;
            }

            refused ??= RefuseMissing(found, there);
        }

        return refused ?? RefuseLoader(plan, report, candidates);
    }

    private RootReport Inspect(RandomAccessFile source, string? sysRoot, CancellationToken cancellation)
    {
        ILibraryRoot root = sysRoot is null ? new DirectoryRoot("/") : new SysRootOverlay(sysRoot);
        string[] libraryPath = (options.Variable("LD_LIBRARY_PATH") ?? string.Empty)
            .Split(':', StringSplitOptions.RemoveEmptyEntries);
        return new RootInspector(root, libraryPath).TryInspect(source, source.Name, mode: null, cancellation)!;
    }

    private static RunPlan RefuseMissing(RunPlan plan, RootReport report) => Refuse(
        plan, ErrorKind.NotFound, nameof(Messages.RunFilesMissing), report.RunsInRootReason, Texts.RunMissingFix);

    private static RunPlan RefuseLoader(RunPlan plan, RootReport report, IEnumerable<string?> looked)
    {
        string[] places = [.. looked.Select(place => place ?? "/").Where(Directory.Exists)];
        string reason = TextFormat.Fill(Texts.RunLoaderMissing, report.Interpreter!, string.Join(", ", places));
        return Refuse(plan, ErrorKind.NotFound, nameof(Messages.RunFilesMissing), reason, SysRoots.FixFor(report.Architecture!, report.Interpreter!));
    }

    private RunPlan PlanForeignFormat(RandomAccessFile source, string os)
    {
        GoBuildInfo? build;
        try
        {
            build = GoBuildInfoReader.TryRead(source);
        }
        catch (GoCrossException)
        {
            build = null; // Damaged: then its format is all there is to say.
        }

        // What is not Go's is taken to be for this machine's architecture: its system says otherwise if it is not.
        var plan = new RunPlan { Path = source.Name, Target = build?.GoArch is { } architecture ? $"{os}/{architecture}" : os };
        TargetRunner runner = TargetRunner.Find(os, build?.GoArch ?? HostMachine.Architecture);
        return runner.Runs == TargetRun.Native
            ? plan with { CommandLine = Command(source.Name) }
            : Refuse(plan, ErrorKind.Unsupported, nameof(Messages.RunOtherSystem), runner.Reason, null);
    }

    private string[] Command(params string[] words) => [.. words, .. options.Arguments];

    private static string Interpreter(RandomAccessFile source)
    {
        const int MaxLength = 255; // BINPRM_BUF_SIZE: the kernel reads no more of the line either
        byte[] head = new byte[MaxLength];
        int count = source.Read(0, head);
        string line = System.Text.Encoding.UTF8.GetString(head, 0, count).Split('\n')[0];
        return line[2..].Trim();
    }

    private static RunPlan NoProgram(string path, string reason) =>
        Refuse(new RunPlan { Path = path }, ErrorKind.InvalidData, nameof(Messages.RunNoProgram), reason, null);

    private static RunPlan Refuse(RunPlan plan, ErrorKind kind, string errorId, string reason, string? fix) => plan with
    {
        Failure = GoCrossException.Create(kind, errorId, plan.Path, reason, fix),
        FailureReason = reason,
    };
}
