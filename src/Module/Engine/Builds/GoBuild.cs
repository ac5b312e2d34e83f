using GoCross.Elf;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>What came of one build: the program and the facts about it, or why there is none.</summary>
public sealed record GoBuild
{
    /// <summary>The package's import path.</summary>
    public required string Package { get; init; }

    /// <summary>The program's name, as go build would choose it.</summary>
    public required string Name { get; init; }

    /// <summary>The system it is for (GOOS).</summary>
    public required string Os { get; init; }

    /// <summary>The architecture it is for (GOARCH).</summary>
    public required string Architecture { get; init; }

    /// <summary>The variant of the architecture that was asked for, as Go's variable has it; null for Go's default.</summary>
    public string? Variant { get; init; }

    /// <summary>System, architecture and variant as one writes them: linux/arm64, linux/arm/v7.</summary>
    public required string Target { get; init; }

    /// <summary>How it was to be linked.</summary>
    public required BuildStrategy Strategy { get; init; }

    /// <summary>Why Auto became that strategy; null where the strategy was named.</summary>
    public string? StrategyReason { get; init; }

    /// <summary>Whether the program was built and is what the strategy promises.</summary>
    public required bool Success { get; init; }

    /// <summary>The program's full path; null where there is none.</summary>
    public string? Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string? FullName => Path;

    /// <summary>Its length in bytes; null where there is none.</summary>
    public long? Length { get; init; }

    /// <summary>The same as <see cref="Length"/>, as tables head it.</summary>
    public long? Size => Length;

    /// <summary>Its SHA-256 in lower-case hexadecimal digits; null where there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the same program stood there already, byte for byte, and was left alone.</summary>
    public bool UpToDate { get; init; }

    /// <summary>How it is linked, read back from the file; null for a format that is not ELF, or where there is none.</summary>
    public ElfLinkage? Linkage { get; init; }

    /// <summary>Whether it starts in an image that holds nothing else.</summary>
    public Verdict RunsInScratch { get; init; }

    /// <summary>The same as <see cref="RunsInScratch"/>, as tables head it.</summary>
    public Verdict Scratch => RunsInScratch;

    /// <summary>Why it does or does not.</summary>
    public string? Reason { get; init; }

    /// <summary>The loader it asks for (PT_INTERP); null where it asks for none.</summary>
    public string? Interpreter { get; init; }

    /// <summary>The toolchain's version, such as go1.23.5.</summary>
    public required string GoVersion { get; init; }

    /// <summary>The image that it was built in, as it was named; null where it was built on this machine.</summary>
    public string? Container { get; init; }

    /// <summary>Why it was built in a container after all; null where that was not so.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>The Docker engine that it was built at; null where it was built on this machine.</summary>
    public string? Engine { get; init; }

    /// <summary>The C compiler's full path; null where none was to be used, or none was found.</summary>
    public string? Compiler { get; init; }

    /// <summary>The command, a word an item, as one would type it anywhere to get the same program.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <summary>
    /// Variables and command in one line, for PowerShell and for a POSIX shell; on Windows for PowerShell, where the variables
    /// stay set in the session.
    /// </summary>
    public string Command { get; init; } = string.Empty;

    /// <summary>
    /// The variables that decide the result: a chosen list, not the whole environment. What the caller wrote into one of
    /// them, such as a value for -X in GOFLAGS, is told as it stands; one that is not on the list by its name alone.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The flags of GOFLAGS that hold for this build: all but those that a parameter takes the place of.</summary>
    public IReadOnlyList<string> GoFlags { get; init; } = [];

    /// <summary>The build tags, those of the strategy and of GOFLAGS among them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether a second build, with a cache of its own, came out the same; null where none was asked for.</summary>
    public bool? Reproducible { get; init; }

    /// <summary>The full path of the provenance statement; null where none was asked for.</summary>
    public string? ProvenancePath { get; init; }

    /// <summary>From the start of go build to the end of the checks.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long go itself ran: for all the programs that it built at once.</summary>
    public TimeSpan GoDuration { get; init; }

    /// <summary>The errors, in the order printed.</summary>
    public IReadOnlyList<BuildDiagnostic> Diagnostics { get; init; } = [];

    /// <summary>The warnings, in the order printed.</summary>
    public IReadOnlyList<BuildDiagnostic> Warnings { get; init; } = [];

    /// <summary>The stable name of the error that a failed build is reported with; null where it succeeded.</summary>
    public string? ErrorId { get; init; }

    /// <summary>That error's message; null where the build succeeded.</summary>
    public string? Error { get; init; }
}
