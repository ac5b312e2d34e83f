using System.IO.Compression;
using GoCross.Elf;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>
/// Tells what a program's length would be if it had been linked otherwise, from how Go's linker lays files out
/// (cmd/link/internal/ld: elf.go, pe.go, macho.go) and, for external linking, GNU ld.
/// </summary>
internal static class SizePredictor
{
    private const int WithoutDwarf = 0;
    private const int WithoutSymbols = 1;

    /// <summary>Of a file's length after gzip -9, what UPX's default was off by in measurements, in per cent.</summary>
    private const double UpxError = 4.2;

    private static readonly string[] Changes = ["-ldflags=-w", "-ldflags=-s"];

    /// <summary>Predicts what can be predicted of a program.</summary>
    public static IReadOnlyList<SizePrediction> Predict(
        IRandomAccessSource source,
        ProgramImage image,
        ElfFile? elf,
        IReadOnlyList<PeSection> sections,
        GoBuildInfo? build,
        bool estimateUpx,
        CancellationToken cancellation)
    {
        var predictions = new List<SizePrediction>();
        for (int change = WithoutDwarf; change <= WithoutSymbols; change++)
        {
            predictions.Add(
                elf is not null ? PredictElf(elf, change)
                : image.Format == BinaryFormat.Pe ? PredictPe(source, sections, change)
                : PredictMachO(image, change));
        }

        if (elf is not null && PredictPages(elf) is { } pages)
        {
            predictions.Add(pages);
        }

        if (estimateUpx)
        {
            predictions.Add(EstimateUpx(source, image, elf, build, cancellation));
        }

        return predictions;
    }

    private static SizePrediction PredictElf(ElfFile file, int change)
    {
        IReadOnlyList<ElfSection> sections = file.Sections;
        if (sections.Count < 2)
        {
            return Unknown(Changes[change], Texts.SizeNoSections);
        }

        bool Goes(ElfSection section) => !section.IsAllocated && (ElfClaims.IsDebug(section.Name)
            || (change == WithoutSymbols && section.Name is ".symtab" or ".strtab"));
        ElfSection[] gone = [.. sections.Where(Goes)];
        if (gone.Length == 0 || (change == WithoutSymbols && gone.All(section => section.Size == 0)))
        {
            return Known(Changes[change], file.Length, file.Length, true, Texts.SizeNothingToDrop);
        }

        // Go's own linker puts the headers of the sections before the content, GNU ld after it.
        return file.Header.SectionHeaderOffset < sections.Where(s => s.Offset > 0).Min(s => s.Offset)
            ? PredictInternal(file, gone, change)
            : PredictExternal(file, Goes, change);
    }

    // The loaded part is followed, from the next page on, by the symbols (aligned as words are), their names and the sections'.
    private static SizePrediction PredictInternal(ElfFile file, ElfSection[] gone, int change)
    {
        long end = LoadedEnd(file, out long alignment);
        long at = Align(end, alignment);
        if (change == WithoutDwarf)
        {
            // Debug information that is not loaded and stays is none of Go's.
            at = Align(at, 8) + SizeOf(file, ".symtab");
            at += SizeOf(file, ".strtab");
        }

        at += SizeOf(file, ".shstrtab") - gone.Sum(section => section.Name.Length + 1);
        return Known(Changes[change], file.Length, at, true, Texts.SizeInternalLink);
    }

    // GNU ld puts what is not loaded right after what is, and the headers last. Names that end others share their bytes.
    private static SizePrediction PredictExternal(ElfFile file, Func<ElfSection, bool> goes, int change)
    {
        ElfSection[] kept = [.. file.Sections.Where(section => !goes(section))];
        long at = kept.Where(section => section.IsAllocated && section.Type != ElfSection.NoBits)
            .Max(section => (long)(section.Offset + section.Size));
        foreach (ElfSection section in kept.Where(s => !s.IsAllocated && s.Offset > 0).OrderBy(s => s.Offset))
        {
            at = section.Type == ElfSection.SymbolTable ? Align(at, 8) : at;
            at += section.Name == ".shstrtab" ? NamesLength(kept) : (long)section.Size;
        }

        at = Align(at, 8) + (kept.Length * (long)file.Encoding.SectionHeaderSize);
        bool isKnownNames = NamesLength(file.Sections) == SizeOf(file, ".shstrtab");
        return change == WithoutSymbols
            ? Known(Changes[change], file.Length, at, isKnownNames, Texts.SizeExternalLink)
            : Known(Changes[change], file.Length, at, false, Texts.SizeExternalWithoutDwarf);
    }

    private static long NamesLength(IReadOnlyList<ElfSection> sections)
    {
        string[] names = [.. sections.Select(section => section.Name).Where(name => name.Length > 0).Distinct()];
        return 1 + names.Where(name => !names.Any(other => other != name && other.EndsWith(name, StringComparison.Ordinal)))
            .Sum(name => name.Length + 1L);
    }

    // Where a page is larger than 4 KiB, the gaps before the segments are.
    private static SizePrediction? PredictPages(ElfFile file)
    {
        const long Page = 4096;
        ElfProgramHeader[] loads = [.. file.ProgramHeaders.Where(h => h.Type == ElfSegmentType.Load).OrderBy(h => h.Offset)];
        if (loads.Length == 0 || loads.Max(load => load.Alignment) is <= (ulong)Page or > int.MaxValue
            || file.Sections.Count < 2
            || file.Header.SectionHeaderOffset >= file.Sections.Where(s => s.Offset > 0).Min(s => s.Offset))
        {
            return null;
        }

        long end = 0;
        foreach (ElfProgramHeader load in loads)
        {
            end = Align(end, Page) + (long)load.FileSize;
        }

        long rest = file.Length - Align(LoadedEnd(file, out long alignment), alignment);


        // Debug information holds addresses, which compress to another length.
        bool hasDebug = file.Sections.Any(section => ElfClaims.IsDebug(section.Name));
        return Known("-ldflags=-R=4096", file.Length, Align(end, Page) + rest, !hasDebug, Texts.SizeSmallPages);
    }

    private static SizePrediction PredictPe(IRandomAccessSource source, IReadOnlyList<PeSection> sections, int change)
    {
        const long MinSymbols = 512;
        long debug = sections.Where(section => ElfClaims.IsDebug(section.Name)).Sum(section => section.RawSize);
        long symbols = sections.Where(section => section.Name == ".symtab").Sum(section => section.RawSize);
        long length = source.Length - debug - (change == WithoutSymbols ? Math.Max(0, symbols - MinSymbols) : 0);
        return length == source.Length
            ? Known(Changes[change], source.Length, length, true, Texts.SizeNothingToDrop)
            : Known(Changes[change], source.Length, length, symbols > 0, symbols > 0 ? Texts.SizeInternalLink : Texts.SizeExternalLink);
    }

    private static SizePrediction PredictMachO(ProgramImage image, int change)
    {
        long length = image.Source.Length;
        MachOEnd end = MachOEnd.Read(image);
        long limit = end.SignatureOffset > 0 ? end.SignatureOffset : length;

        // Debug information is a segment, and the last one begins at the next page.
        ImageRange? debug = image.Segments.FirstOrDefault(segment => segment.Name == "__DWARF");
        ImageRange? last = image.Segments.FirstOrDefault(segment => segment.Name == "__LINKEDIT");
        long dwarf = debug is null || last is null || last.Offset < debug.Offset ? 0 : last.Offset - debug.Offset;
        long symbols = change == WithoutSymbols ? end.RemovableSymbols : 0;
        if (dwarf + symbols == 0)
        {
            return Known(Changes[change], length, length, true, Texts.SizeNothingToDrop);
        }

        limit -= dwarf + symbols;

        // A page has a hash of 32 bytes in the signature; the rest of it is the same for every program.
        long signature = end.SignatureOffset > 0 ? 114 + (32 * ((Align(limit, 16) + 4095) / 4096)) : 0;
        limit = signature > 0 ? Align(limit, 16) : limit;
        return Known(
            Changes[change], length, limit + signature, true, change == WithoutDwarf ? Texts.SizeInternalLink : Texts.SizeMachOSymbols);
    }

    private static SizePrediction EstimateUpx(
        IRandomAccessSource source, ProgramImage image, ElfFile? elf, GoBuildInfo? build, CancellationToken cancellation)
    {
        const string Change = "upx";
        if (elf is null)
        {
            return Unknown(Change, image.Format == BinaryFormat.Pe ? Texts.SizeUpxOnWindows : Texts.SizeUpxOnMac);
        }

        if (elf.Header.Type == ElfType.SharedObject)
        {
            return Unknown(Change, Texts.SizeUpxPie);
        }

        using var counter = new CountingStream();
        using (var gzip = new GZipStream(counter, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] buffer = new byte[256 * 1024];
            int read;
            for (long at = 0; (read = source.Read(at, buffer)) > 0; at += read)
            {
                cancellation.ThrowIfCancellationRequested();
                gzip.Write(buffer, 0, read);
            }
        }

        string emulated = build?.GoArch is "arm64" ? Texts.SizeUpxEnvironment : "";
        return Known(
            Change, source.Length, counter.Count, false,
            TextFormat.Fill(Texts.SizeUpxEstimate, UpxError) + emulated);
    }

    private static long LoadedEnd(ElfFile file, out long alignment)
    {
        alignment = 1;
        long end = 0;
        foreach (ElfProgramHeader header in file.ProgramHeaders)
        {
            if (header.Type == ElfSegmentType.Load && (long)(header.Offset + header.FileSize) >= end)
            {
                end = (long)(header.Offset + header.FileSize);
                alignment = (long)Math.Clamp(header.Alignment, 1UL, int.MaxValue);
            }
        }

        return end;
    }

    private static long SizeOf(ElfFile file, string name) => file.FindSection(name) is { } section ? (long)section.Size : 0;

    private static long Align(long value, long alignment) => (value + alignment - 1) / alignment * alignment;

    // A header of a damaged file can say anything; what would not be smaller is not known.
    private static SizePrediction Known(string change, long length, long predicted, bool isExact, string reason) =>
        predicted <= 0 || predicted > length
            ? Unknown(change, Texts.SizeLayoutUnknown)
            : new SizePrediction { Change = change, Length = predicted, Saving = length - predicted, IsExact = isExact, Reason = reason };

    private static SizePrediction Unknown(string change, string reason) =>
        new() { Change = change, Length = null, Saving = null, IsExact = false, Reason = reason };
}
