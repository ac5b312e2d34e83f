using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.GoBinaries;

namespace GoCross.Binaries;

/// <summary>Reads all that is known of a binary. Nothing is executed.</summary>
public static class BinaryInspector
{
    /// <summary>Reads an ELF file.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="facts">What to read of its headers. What Go wrote into it is read in any case.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// PathNotFound; PathIsDirectory; FileEmpty; NotElf and its kin, NotElfGo among them: it is something else;
    /// ElfTruncated, ElfFieldInvalid, ElfAddressInvalid, ElfLimit, GoBuildInfoTruncated, GoBuildInfoTooLong,
    /// GoBuildInfoLineInvalid, GoFunctionTableDamaged: it is damaged; FileChanged.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static BinaryReport Inspect(string fullPath, ElfFacts facts = ElfFacts.All, CancellationToken cancellation = default)
    {
        using var source = RandomAccessFile.Open(fullPath);
        return TryInspect(source, facts, cancellation) ?? throw NotElf(source);
    }

    /// <summary>Reads an ELF file, or returns null for a file that is none.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <param name="facts">What to read of its headers.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">It is a damaged ELF file, as <see cref="Inspect(string, ElfFacts, CancellationToken)"/> has it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static BinaryReport? TryInspect(
        IRandomAccessSource source, ElfFacts facts = ElfFacts.All, CancellationToken cancellation = default)
    {
        using ElfFile? file = ElfFile.TryOpen(source);
        return file is null ? null : Inspect(source, file, facts, cancellation);
    }

    /// <summary>Reads an ELF file whose headers were read before.</summary>
    /// <param name="source">The file's bytes.</param>
    /// <param name="file">Its headers. It stays open.</param>
    /// <param name="facts">What to read of them.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">It is damaged, as <see cref="Inspect(string, ElfFacts, CancellationToken)"/> has it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static BinaryReport Inspect(
        IRandomAccessSource source, ElfFile file, ElfFacts facts, CancellationToken cancellation = default)
    {
        ElfReport elf = ElfInspector.Inspect(file, facts, cancellation: cancellation);
        GoBuildInfo? build = null;
        GoRuntimeFacts? runtime = null;
        if (elf.Linkage.HasCode() && ElfImage.TryCreateGo(source, file) is { } image)
        {
            build = GoBuildInfoReader.TryRead(image);
            cancellation.ThrowIfCancellationRequested();
            runtime = GoRuntimeFactsReader.TryRead(image);
        }

        // Go knows what it built; of a program for DragonFly the ELF header says nothing.
        if (build?.GoOS is { Length: > 0 } system && system != elf.OperatingSystem)
        {
            elf = system == "linux" && elf.OperatingSystem is null
                ? elf with { OperatingSystem = system }
                : ElfInspector.Inspect(file, facts, system, cancellation);
        }

        elf = WithLibC(elf, runtime);
        return new BinaryReport(elf)
        {
            GoBuild = build,
            GoRuntime = runtime,
            RuntimeNeeds = RuntimeNeeds.Of(elf, runtime).ToArray(),
        };
    }

    /// <summary>Whether a file begins as ELF files do.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsElf(IRandomAccessSource source)
    {
        Span<byte> magic = stackalloc byte[4];
        return source.Read(0, magic) == magic.Length && magic.SequenceEqual("\u007fELF"u8);
    }

    /// <summary>
    /// The error for a file that is not an ELF file: what it is instead, and of a Go program for Windows or macOS what Go
    /// wrote into it.
    /// </summary>
    /// <param name="source">The file. It stays open.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static GoCrossException NotElf(IRandomAccessSource source)
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

        return build is null
            ? ElfErrors.NotElf(source)
            : GoCrossException.Create(
                ErrorKind.InvalidData,
                nameof(Messages.NotElfGo),
                source.Name,
                $"{build.GoOS ?? "?"}/{build.GoArch ?? "?"}",
                build.GoVersion,
                build.Main?.Path ?? build.Path);
    }

    // A static program without its build ID (-ldflags=-buildid=) does not show who linked it. Its functions do: C code
    // comes with runtime/cgo, and glibc's with a note of its own, which was looked for before.
    private static ElfReport WithLibC(ElfReport elf, GoRuntimeFacts? runtime) =>
        elf.LibC == LibC.Unknown && elf.Linkage.IsStatic() && runtime is not null
            ? runtime.CgoLinked
                ? elf with { LibC = LibC.Musl, LibCEvidence = "runtime/cgo, no NT_GNU_ABI_TAG" }
                : elf with { LibC = LibC.None, LibCEvidence = "no runtime/cgo" }
            : elf;
}
