namespace GoCross.Elf;

/// <summary>
/// What an ELF file is and what it needs to run, told from what the kernel and the loader read. Facts that were not
/// asked for (<see cref="ElfFacts"/>) are null or empty.
/// </summary>
public record ElfReport
{
    /// <summary>The file's full path; for a file in an image, the image and the path in it.</summary>
    public required string Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string FullName => Path;

    /// <summary>The file's name, as tables head it.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The file's length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The same as <see cref="Length"/>, as tables head it.</summary>
    public long Size => Length;

    /// <summary>The width of its addresses (EI_CLASS).</summary>
    public required ElfClass Class { get; init; }

    /// <summary>The order of its bytes (EI_DATA).</summary>
    public required ElfByteOrder ByteOrder { get; init; }

    /// <summary>The machine's ELF name, such as EM_AARCH64 (e_machine).</summary>
    public required string Machine { get; init; }

    /// <summary>What Go calls the machine (GOARCH), such as arm64; null where Go makes no code for it.</summary>
    public string? Architecture { get; init; }

    /// <summary>The architecture by Go's name; the machine by the ELF specification's where Go has none.</summary>
    public string Arch => Architecture ?? Machine.Replace("EM_", string.Empty, StringComparison.Ordinal);

    /// <summary>What Go calls the system (GOOS), where the file says: linux, freebsd, ...; otherwise null.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>What it is, as its header says (e_type).</summary>
    public required ElfType Type { get; init; }

    /// <summary>How it is linked.</summary>
    public required ElfLinkage Linkage { get; init; }

    /// <summary>Whether it starts in an image that holds nothing but the file.</summary>
    public required Verdict RunsInScratch { get; init; }

    /// <summary>The same as <see cref="RunsInScratch"/>, as tables head it.</summary>
    public Verdict Scratch => RunsInScratch;

    /// <summary>Why it does, does not, or why that cannot be told.</summary>
    public required string Reason { get; init; }

    /// <summary>The first file that an empty image lacks: the loader. Null where nothing is missing, or nothing could help.</summary>
    public string? MissingFile { get; init; }

    /// <summary>The loader's path (PT_INTERP), or null.</summary>
    public string? Interpreter { get; init; }

    /// <summary>The libraries to load, in their order (DT_NEEDED).</summary>
    public IReadOnlyList<string> Needed { get; init; } = [];

    /// <summary>What a library calls itself (DT_SONAME), or null.</summary>
    public string? SoName { get; init; }

    /// <summary>Where its libraries are looked for first (DT_RPATH), or null.</summary>
    public string? RPath { get; init; }

    /// <summary>Where its libraries are looked for after LD_LIBRARY_PATH (DT_RUNPATH), or null.</summary>
    public string? RunPath { get; init; }

    /// <summary>The C library it was made for.</summary>
    public required LibC LibC { get; init; }

    /// <summary>What told <see cref="LibC"/>, in the format's own terms: PT_INTERP, DT_NEEDED, NT_GNU_ABI_TAG, ...</summary>
    public required string LibCEvidence { get; init; }

    /// <summary>The versions that it asks of its libraries (DT_VERNEED).</summary>
    public IReadOnlyList<ElfVersionNeed> VersionNeeds { get; init; } = [];

    /// <summary>The oldest glibc that it starts with: the highest GLIBC_x.y that is not weak. Null where it asks for none.</summary>
    public Version? MinimumGlibc { get; init; }

    /// <summary>The symbols that ask for <see cref="MinimumGlibc"/>.</summary>
    public IReadOnlyList<string> MinimumGlibcSymbols { get; init; } = [];

    /// <summary>What it may load while it runs, as its makers say (the FDO dlopen note).</summary>
    public IReadOnlyList<ElfDlopenNeed> DlopenNeeds { get; init; } = [];

    /// <summary>The linker's build ID in hexadecimal digits (NT_GNU_BUILD_ID), or null.</summary>
    public string? BuildId { get; init; }

    /// <summary>Go's build ID, or null.</summary>
    public string? GoBuildId { get; init; }

    /// <summary>The package it came in, as JSON (the FDO package note), or null.</summary>
    public string? PackageMetadata { get; init; }

    /// <summary>The packer, or <see cref="ElfPacker.None"/>.</summary>
    public ElfPacker Packed { get; init; }

    /// <summary>The length before it was packed, in bytes; null where it is not packed, or does not say.</summary>
    public long? UnpackedLength { get; init; }

    /// <summary>Whether the symbol table is gone. Null where the sections were not asked for.</summary>
    public bool? Stripped { get; init; }

    /// <summary>Whether it has debug information. Null where the sections were not asked for.</summary>
    public bool? HasDwarf { get; init; }

    /// <summary>Whether the stack may hold no code (PT_GNU_STACK). Null where that is left to the kernel.</summary>
    public bool? NoExecuteStack { get; init; }

    /// <summary>How much of what the loader fills in is read-only afterwards (PT_GNU_RELRO).</summary>
    public ElfRelro Relro { get; init; }

    /// <summary>Whether it is a program that can lie at any address.</summary>
    public bool Pie { get; init; }

    /// <summary>Whether all functions are bound at the start.</summary>
    public bool BindNow { get; init; }

    /// <summary>Whether code guards its stack frames. Null where the symbols were not asked for, or are gone.</summary>
    public bool? StackCanary { get; init; }

    /// <summary>
    /// Whether it asks a library for dlopen, or in a static program with musl has it linked in: it loads libraries by names
    /// that no header tells. Null where the symbols were not asked for.
    /// </summary>
    public bool? CallsDlopen { get; init; }

    /// <summary>Its path, so that a report in a text or on a command line is the file that it is about.</summary>
    public sealed override string ToString() => Path;
}
