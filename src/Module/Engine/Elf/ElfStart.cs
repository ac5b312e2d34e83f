using GoCross.Formatting;

namespace GoCross.Elf;

/// <summary>How a file is linked, and whether it starts in an image that holds nothing else. Decided here and nowhere else.</summary>
/// <param name="Linkage">How it is linked.</param>
/// <param name="RunsInScratch">Whether it starts.</param>
/// <param name="Reason">Why.</param>
/// <param name="MissingFile">The first file that is missing, where a file would help.</param>
internal readonly record struct ElfStart(
    ElfLinkage Linkage, Verdict RunsInScratch, string Reason, string? MissingFile = null)
{
    /// <summary>Decides. The order of the questions matters: each one's answer is what makes the next one's true.</summary>
    internal static ElfStart Decide(ElfObservation observation, string? system)
    {
        ElfStart verdict = DecideLinkage(observation);
        return !verdict.Linkage.IsProgram() || system is null or "linux" or "android"
            ? verdict
            : verdict with { RunsInScratch = Verdict.No, Reason = TextFormat.Fill(Texts.VerdictOtherSystem, system), MissingFile = null };
    }

    private static ElfStart DecideLinkage(ElfObservation observation)
    {
        ElfHeader header = observation.File.Header;
        switch (header.Type)
        {
            case ElfType.Relocatable:
                return new ElfStart(ElfLinkage.Relocatable, Verdict.No, Texts.VerdictRelocatable);
            case ElfType.Core:
                return new ElfStart(ElfLinkage.Core, Verdict.No, Texts.VerdictCore);
            case ElfType.Executable or ElfType.SharedObject:
                break;
            default:
                return Broken(TextFormat.Fill(Texts.VerdictBrokenType, (int)header.Type));
        }

        // What the headers of a packed file say is true of the unpacker only, so this comes before all else.
        if (observation.Packed)
        {
            return new ElfStart(ElfLinkage.PackedUnknown, Verdict.Unknown, Texts.VerdictPacked);
        }

        if (FindDamage(observation) is { } damage)
        {
            return damage;
        }

        return observation.HasInterpreter ? DecideWithLoader(observation) : DecideWithoutLoader(observation);
    }

    private static ElfStart? FindDamage(ElfObservation observation)
    {
        bool loads = false;
        bool code = false;
        bool codeInFile = false;
        foreach (ElfProgramHeader segment in observation.File.ProgramHeaders)
        {
            if (segment.Type != ElfSegmentType.Load)
            {
                continue;
            }

            loads = true;
            if (segment.Flags.HasFlag(ElfSegmentFlags.Execute))
            {
                code |= segment.MemorySize != 0;
                codeInFile |= segment.FileSize != 0;
            }

            if (segment.FileSize != 0 && !observation.File.Contains(segment.Offset, segment.FileSize))
            {
                return Broken(TextFormat.Fill(
                    Texts.VerdictBrokenCutOff, unchecked(segment.Offset + segment.FileSize), observation.File.Length));
            }
        }

        if (!loads)
        {
            return Broken(Texts.VerdictBrokenNoSegments);
        }

        ulong entry = observation.File.Header.Entry;
        return (code && !codeInFile) || (entry != 0 && !observation.File.TryGetOffset(entry, out _, out _))
            ? new ElfStart(ElfLinkage.DebugInfo, Verdict.No, Texts.VerdictDebugInfo)
            : null;
    }

    private static ElfStart DecideWithLoader(ElfObservation observation)
    {
        if (observation.Interpreter is not { } loader)
        {
            return Broken(Texts.VerdictBrokenInterpreter);
        }

        // glibc's own libraries name a loader, too, so that they can print their version when they are executed.
        if (observation.Dynamic is { SoName: not null, IsPie: false } && observation.File.Header.Type == ElfType.SharedObject)
        {
            return new ElfStart(ElfLinkage.SharedObject, Verdict.No, Texts.VerdictSharedObject);
        }

        return observation.Needed.Count == 0
            ? new ElfStart(
                ElfLinkage.DynamicNoNeeded, Verdict.No, TextFormat.Fill(Texts.VerdictDynamicNoNeeded, loader), loader)
            : new ElfStart(
                ElfLinkage.Dynamic, Verdict.No, TextFormat.Fill(Texts.VerdictDynamic, loader, List(observation.Needed)), loader);
    }

    private static ElfStart DecideWithoutLoader(ElfObservation observation)
    {
        bool needs = observation.Needed.Count > 0;
        if (observation.File.Header.Type == ElfType.Executable || observation.Dynamic is { IsPie: true })
        {
            if (needs)
            {
                return Broken(TextFormat.Fill(Texts.VerdictBrokenNoLoader, List(observation.Needed)));
            }

            return observation.File.Header.Type == ElfType.Executable
                ? new ElfStart(ElfLinkage.Static, Verdict.Yes, Texts.VerdictStatic)
                : new ElfStart(ElfLinkage.StaticPie, Verdict.Yes, Texts.VerdictStaticPie);
        }

        bool library = needs || observation.Dynamic?.SoName is not null || observation.File.Header.Entry == 0;
        return library
            ? new ElfStart(ElfLinkage.SharedObject, Verdict.No, Texts.VerdictSharedObject)
            : new ElfStart(ElfLinkage.SharedObject, Verdict.Unknown, Texts.VerdictLibraryOrStaticPie);
    }

    private static ElfStart Broken(string reason) => new(ElfLinkage.Broken, Verdict.No, reason);

    // A few names say more than a number; a long list is in Needed.
    private static string List(IReadOnlyList<string> names)
    {
        const int Shown = 4;
        string list = string.Join(", ", names.Take(Shown));
        return names.Count <= Shown ? list : list + ", ...";
    }
}
