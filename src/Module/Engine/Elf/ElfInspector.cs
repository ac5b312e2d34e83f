using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Elf;

/// <summary>Reads what an ELF file is and what it needs to run. Nothing is executed.</summary>
public static class ElfInspector
{
    /// <summary>Reads all facts of a file.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty; NotElf and its kin; ElfTruncated;
    /// ElfFieldInvalid; ElfAddressInvalid; ElfLimit; FileChanged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static ElfReport Inspect(string fullPath, CancellationToken cancellation = default) =>
        Inspect(fullPath, ElfFacts.All, cancellation);

    /// <summary>Reads chosen facts of a file.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="facts">The facts.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">As <see cref="Inspect(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static ElfReport Inspect(string fullPath, ElfFacts facts, CancellationToken cancellation = default)
    {
        using var source = RandomAccessFile.Open(fullPath);
        using ElfFile file = ElfFile.Open(source);
        return Inspect(file, facts, cancellation: cancellation);
    }

    /// <summary>Reads chosen facts of a file, or returns null for a file that is not an ELF file.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <param name="facts">The facts.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">ElfTruncated; ElfFieldInvalid; ElfAddressInvalid; ElfLimit; FileChanged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ElfReport? TryInspect(
        IRandomAccessSource source, ElfFacts facts, CancellationToken cancellation = default)
    {
        using ElfFile? file = ElfFile.TryOpen(source);
        return file is null ? null : Inspect(file, facts, cancellation: cancellation);
    }

    /// <summary>Reads chosen facts of a file that is open already.</summary>
    /// <param name="file">The file.</param>
    /// <param name="facts">The facts.</param>
    /// <param name="system">What it is made for (GOOS), where somebody knows better than its headers; null for what they say.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">ElfTruncated; ElfFieldInvalid; ElfAddressInvalid; ElfLimit; FileChanged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ElfReport Inspect(
        ElfFile file, ElfFacts facts, string? system = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ElfObservation observation = ElfObservation.Of(file);
        system ??= ElfOrigin.SystemOf(observation);
        ElfStart verdict = ElfStart.Decide(observation, system);
        List<ElfVersionNeed> needs = facts.HasFlag(ElfFacts.Versions) && observation.Dynamic is not null
            ? ElfVersions.ReadNeeds(file, observation.Dynamic)
            : [];
        ElfSymbolFacts symbols = facts.HasFlag(ElfFacts.Symbols)
            ? ElfSymbolFacts.Read(observation, verdict.Linkage, needs, cancellation)
            : ElfSymbolFacts.None;
        (LibC libC, string evidence) = ElfOrigin.LibCOf(observation, verdict.Linkage, system, needs, symbols);
        bool bindNow = observation.Dynamic?.BindNow ?? false;
        (bool? stripped, bool? hasDwarf) = facts.HasFlag(ElfFacts.Sections) ? ReadSections(file) : (null, null);
        return new ElfReport
        {
            Path = file.Name,
            Length = file.Length,
            Class = file.Header.Class,
            ByteOrder = file.Header.ByteOrder,
            Machine = ElfMachine.Name(file.Header.Machine),
            Architecture = ElfMachine.Architecture(file.Header),
            OperatingSystem = system,
            Type = file.Header.Type,
            Linkage = verdict.Linkage,
            RunsInScratch = verdict.RunsInScratch,
            Reason = verdict.Reason,
            MissingFile = verdict.MissingFile,
            Interpreter = observation.Interpreter,
            Needed = observation.Needed,
            SoName = observation.Dynamic?.SoName,
            RPath = observation.Dynamic?.RPath,
            RunPath = observation.Dynamic?.RunPath,
            LibC = libC,
            LibCEvidence = evidence,
            VersionNeeds = needs,
            MinimumGlibc = ElfVersions.MinimumGlibc(needs),
            MinimumGlibcSymbols = symbols.MinimumGlibcSymbols,
            BuildId = ReadBuildId(observation, facts),
            GoBuildId = ReadNoteText(observation, "Go", ElfNote.GoBuildId),
            PackageMetadata = ReadNoteText(observation, "FDO", ElfNote.FdoPackage),
            DlopenNeeds = ReadDlopenNeeds(observation),
            Packed = observation.Packed ? ElfPacker.Upx : ElfPacker.None,
            UnpackedLength = observation.UnpackedLength,
            Stripped = stripped,
            HasDwarf = hasDwarf,
            NoExecuteStack = observation.Segment(ElfSegmentType.GnuStack) is { } stack
                ? !stack.Flags.HasFlag(ElfSegmentFlags.Execute)
                : null,
            Relro = observation.Segment(ElfSegmentType.GnuRelro) is null ? ElfRelro.None
                : bindNow ? ElfRelro.Full
                : ElfRelro.Partial,
            Pie = file.Header.Type == ElfType.SharedObject
                && verdict.Linkage.IsProgram(),
            BindNow = bindNow,
            StackCanary = symbols.StackCanary,
            CallsDlopen = facts.HasFlag(ElfFacts.Symbols) ? symbols.CallsDlopen : null,
        };
    }

    private static (bool? Stripped, bool? HasDwarf) ReadSections(ElfFile file)
    {
        bool symbols = false;
        bool dwarf = false;
        ElfSectionTable sections = file.SectionTable;
        for (int i = 0; i < sections.Count; i++)
        {
            symbols |= sections[i].Type == ElfSection.SymbolTable;
            dwarf = dwarf
                || (sections[i].Type != ElfSection.NoBits
                    && sections.NameOf(i) is var name
                    && (name.SequenceEqual(".debug_info"u8) || name.SequenceEqual(".zdebug_info"u8)));
        }

        return (!symbols, dwarf);
    }

    private static string? ReadBuildId(ElfObservation observation, ElfFacts facts)
    {
        ElfNote? note = observation.Note("GNU", ElfNote.GnuBuildId);
        if (note is null && facts.HasFlag(ElfFacts.Sections)
            && observation.File.FindSection(".note.gnu.build-id") is { } section)
        {
            // Go's linker, since 1.24, writes this note where no PT_NOTE leads.
            note = ElfNote.ReadSection(observation.File, section);
        }

        return note is { } found ? Convert.ToHexString(found.Content(observation.File)).ToLowerInvariant() : null;
    }

    private static string? ReadNoteText(ElfObservation observation, string owner, uint type) =>
        observation.Note(owner, type) is { } note
            ? Encoding.UTF8.GetString(note.Content(observation.File).TrimEnd((byte)0))
            : null;

    private static List<ElfDlopenNeed> ReadDlopenNeeds(ElfObservation observation)
    {
        var needs = new List<ElfDlopenNeed>();
        foreach (ElfNote note in observation.Notes)
        {
            if (note.Owner == "FDO" && note.Type == ElfNote.FdoDlopen)
            {
                AddDlopenNeeds(note.Content(observation.File).TrimEnd((byte)0), needs);
            }
        }

        return needs;
    }

    private static void AddDlopenNeeds(ReadOnlySpan<byte> json, List<ElfDlopenNeed> needs)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return;
            }

            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Object
                    && item.TryGetProperty("soname", out JsonElement names) && names.ValueKind == JsonValueKind.Array)
                {
                    needs.Add(new ElfDlopenNeed(
                        names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).ToArray(),
                        StringOf(item, "feature"),
                        StringOf(item, "description"),
                        StringOf(item, "priority") ?? "recommended"));
                }
            }
        }
        catch (JsonException)
        {
            // Nothing reads this note to run the program, so one that is not what it should be is as good as none.
        }
    }

    private static string? StringOf(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
