using GoCross.Binaries;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.GoBinaries;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>A binary that is to go into an image, with what its file tells about where it runs and what it needs.</summary>
public sealed record ScratchProgram
{
    private const string Linux = "linux";

    /// <summary>What a program gets of which nothing can be told: an image a megabyte larger, and not one that fails.</summary>
    private static readonly RuntimeNeed[] AssumedNeeds =
    [
        Assumed(RuntimeNeedKind.CaCertificates, RuntimeNeeds.CaCertificatesPath),
        Assumed(RuntimeNeedKind.TimeZones, RuntimeNeeds.TimeZonesPath),
        Assumed(RuntimeNeedKind.UserDatabase, RuntimeNeeds.UsersPath),
        Assumed(RuntimeNeedKind.UserDatabase, RuntimeNeeds.GroupsPath),
        Assumed(RuntimeNeedKind.TemporaryDirectory, RuntimeNeeds.TemporaryDirectoryPath),
    ];

    private ScratchProgram()
    {
    }

    /// <summary>The binary's full path.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The program's name: the binary's file name, less what is only there to tell builds apart. A file
    /// api_linux_amd64 of the Go package example.com/cmd/api is the program api, for every platform.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The binary's length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>What it runs on. The variant is null where there is none or it cannot be told.</summary>
    public required ImagePlatform Platform { get; init; }

    /// <summary>What the program needs at run time.</summary>
    public required IReadOnlyList<RuntimeNeed> Needs { get; init; }

    /// <summary>What the Go linker recorded about the build; null for a program that is not Go's.</summary>
    public GoBuildInfo? BuildInfo { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The last change of the file, as it was when it was inspected.</summary>
    public required DateTime LastWriteTimeUtc { get; init; }

    /// <summary>Whether it starts in an image that holds nothing but the file.</summary>
    public required Verdict RunsInScratch { get; init; }

    /// <summary>Why it does, does not, or why that cannot be told: a sentence for the Dockerfile.</summary>
    public required string ScratchReason { get; init; }

    /// <summary>The loader that it names (PT_INTERP); null for a static program.</summary>
    public string? Interpreter { get; init; }

    /// <summary>The C library it was made for.</summary>
    public required LibC LibC { get; init; }

    /// <summary>The oldest glibc that it starts with; null where it asks for none.</summary>
    public Version? MinimumGlibc { get; init; }

    /// <summary>Whether a loader starts it, which loads libraries.</summary>
    public bool IsDynamic => Interpreter is not null;

    /// <summary>The file as it was when it was inspected.</summary>
    internal FileSnapshot File => new(Path, Length, LastWriteTimeUtc);

    /// <summary>Whether it has the C library look up hosts or users.</summary>
    internal bool LooksUpNames { get; init; }

    /// <summary>What it may load while it runs, as its makers say.</summary>
    internal IReadOnlyList<ElfDlopenNeed> DlopenNeeds { get; init; } = [];

    /// <summary>Reads what a binary is. Nothing is executed.</summary>
    /// <param name="path">The binary's full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// BinaryNotProgram; BinaryNotLinux; BinaryMachineUnknown; BinaryPlatformMisnamed; NotElf and what else
    /// <see cref="BinaryInspector"/> finds. Whether it starts in an image is not decided here.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static ScratchProgram Inspect(string path, CancellationToken cancellation) => Inspect(path, path, cancellation);

    /// <summary>Reads what a binary is whose file is gone before anybody reads a warning.</summary>
    /// <param name="path">The binary's full path.</param>
    /// <param name="subject">What warnings call it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">As <see cref="Inspect(string, CancellationToken)"/> has it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static ScratchProgram Inspect(string path, string subject, CancellationToken cancellation)
    {
        // Before anything is read: whoever packs the file compares, so that what was inspected is what is packed.
        DateTime lastWrite = FileSnapshot.Of(path).LastWriteTimeUtc;
        BinaryReport elf = BinaryInspector.Inspect(path, cancellation: cancellation);
        string system = elf.OperatingSystem is null or "android" ? Linux : elf.OperatingSystem;
        if (system != Linux)
        {
            throw GoCrossException.Create(ErrorKind.VerificationFailed, nameof(Messages.BinaryNotLinux), path, system);
        }

        if (elf.RunsInScratch == Verdict.No && elf.MissingFile is null)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidData, nameof(Messages.BinaryNotProgram), path, elf.Reason);
        }

        string architecture = elf.Architecture
            ?? throw GoCrossException.Create(
                ErrorKind.Unsupported, nameof(Messages.BinaryMachineUnknown), path, elf.Machine);
        GoBuildInfo? info = elf.GoBuild;
        var platform = new ImagePlatform(system, architecture, VariantOf(architecture, info));
        PlatformInName.Require(path, platform);
        List<string> warnings = [];
        if (elf.RunsInScratch == Verdict.Unknown)
        {
            warnings.Add($"Whether {subject} starts in an image made from scratch cannot be told. {elf.Reason}");
        }

        IReadOnlyList<RuntimeNeed> needs = elf.RuntimeNeeds;
        GoRuntimeFacts? facts = elf.GoRuntime;
        if (facts is null)
        {
            needs = [.. needs, .. AssumedNeeds];
            warnings.Add($"{subject} is not a Go program that can be read, so it cannot be told what it needs at run time: "
                + "users, /tmp, time zones and CA certificates are included.");
        }

        return new ScratchProgram
        {
            Path = path,
            Name = NameOf(path, info),
            Length = elf.Length,
            Platform = platform,
            Needs = needs,
            BuildInfo = info,
            Warnings = warnings,
            LastWriteTimeUtc = lastWrite,
            RunsInScratch = elf.RunsInScratch,
            ScratchReason = elf.Reason,
            Interpreter = elf.Interpreter,
            LibC = elf.LibC,
            MinimumGlibc = elf.MinimumGlibc,
            LooksUpNames = facts is null || facts.Resolver == GoLookup.Cgo || facts.UserLookup == GoLookup.Cgo,
            DlopenNeeds = elf.DlopenNeeds,
        };
    }

    /// <summary>A program of which there is no file yet: static, and with all the needs that one can have.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="platform">The platform.</param>
    internal static ScratchProgram Assume(string name, ImagePlatform platform) => new()
    {
        Path = name,
        Name = name,
        Length = 0,
        Platform = platform,
        Needs = AssumedNeeds,
        Warnings = [],
        LastWriteTimeUtc = default,
        RunsInScratch = Verdict.Yes,
        ScratchReason = "Static, as it is built above: it runs with nothing else.",
        LibC = LibC.Unknown,
    };

    /// <summary>Sorts the builds of a program by their platforms, of which an image has each once.</summary>
    /// <param name="programs">The builds, at least one.</param>
    /// <exception cref="GoCrossException">DuplicatePlatform.</exception>
    internal static ScratchProgram[] Sort(IReadOnlyList<ScratchProgram> programs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(programs.Count);
        ScratchProgram[] sorted = [.. programs.OrderBy(program => program.Platform.ToString(), StringComparer.Ordinal)];
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Platform == sorted[i - 1].Platform)
            {
                throw GoCrossException.Create(
                    ErrorKind.InvalidArgument, nameof(Messages.DuplicatePlatform), sorted[i - 1].Path, sorted[i].Path, sorted[i].Platform);
            }
        }

        return sorted;
    }

    /// <summary>The libraries that it may load while it runs: those that it needs in any case, or all.</summary>
    /// <param name="all">Whether those that are recommended or suggested are wanted, too.</param>
    internal IEnumerable<string> DlopenLibraries(bool all) => DlopenNeeds
        .Where(need => need.SoNames.Count > 0 && (all || need.Priority == "required"))
        .Select(need => need.SoNames[0]);

    private static string NameOf(string path, GoBuildInfo? info)
    {
        string file = System.IO.Path.GetFileName(path);
        string name = info is null ? string.Empty : GoProgramName.Of(info.Path);
        return name.Length > 0 && file.Length > name.Length && file.StartsWith(name, StringComparison.Ordinal)
            && file[name.Length] is ('_' or '-' or '.')
            ? name
            : file;
    }

    private static RuntimeNeed Assumed(RuntimeNeedKind kind, string path) =>
        new(kind, path, Required: false, "Whether the program needs this cannot be told from its file.");

    private static string? VariantOf(string architecture, GoBuildInfo? info) =>
        architecture == "arm" && info?.Setting("GOARM") is { Length: > 0 } arm && char.IsAsciiDigit(arm[0])
            ? "v" + arm[0]
            : null;
}
