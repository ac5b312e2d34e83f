using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Packers;

namespace GoCross.Sizes;

/// <summary>
/// A Go program whose bytes were counted: stripped or not, for any system, from Go 1.18 on. Nothing is executed, and
/// nothing depends on symbols, so that a stripped build gives the numbers of the unstripped one.
/// </summary>
public sealed class MeasuredBinary
{
    /// <summary>Normally the linker drops every second exported method; with such reflection, one of ten.</summary>
    private const double UsuallyDropped = 0.3;

    /// <summary>A program with fewer methods says nothing.</summary>
    private const int MinMethods = 50;

    private static readonly SizeKind[] TableKinds = [SizeKind.FunctionNames, SizeKind.FunctionTables, SizeKind.LineTables];

    private readonly SizeLedger _ledger;
    private readonly GoBuildInfo? _build;
    private readonly FunctionSizes? _functions;
    private readonly TypeSizes? _types;
    private readonly PackageIndex _packages;
    private readonly IReadOnlyList<SizePrediction> _predictions;
    private readonly EmbeddedFile[] _embedded;

    private MeasuredBinary(
        IRandomAccessSource source,
        long? packedLength,
        BinaryFormat format,
        SizeLedger ledger,
        GoBuildInfo? build,
        FunctionSizes? functions,
        TypeSizes? types,
        PackageIndex packages,
        IReadOnlyList<SizePrediction> predictions,
        IReadOnlyList<(EmbeddedFile File, long Offset)> embedded)
    {
        Path = source.Name;
        Length = source.Length;
        PackedLength = packedLength;
        Format = format;
        _ledger = ledger;
        _build = build;
        _functions = functions;
        _types = types;
        _packages = packages;
        _predictions = predictions;
        _embedded = [.. embedded.Select(one => one.File).OrderByDescending(file => file.Length).ThenBy(file => file.Name, StringComparer.Ordinal)];
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes; where UPX packed it, that of the program as it was before.</summary>
    public long Length { get; }

    /// <summary>The file's length in bytes where UPX packed it; null where it is as it was linked.</summary>
    public long? PackedLength { get; }

    /// <summary>Its format.</summary>
    public BinaryFormat Format { get; }

    /// <summary>The system and architecture that it is for, as in linux/arm64; null where it is not recorded.</summary>
    public string? Platform => _build is { GoOS: { } system, GoArch: { } architecture } ? $"{system}/{architecture}" : null;

    /// <summary>Counts a program's bytes.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="estimateUpx">Whether to estimate what UPX would make of it, for which the whole file is compressed.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// PathNotFound; PathIsDirectory; FileEmpty; SizeNotGo; SizeTableTooLarge; UpxDamaged, UpxUnsupported, UpxLimit;
    /// GoFunctionTableDamaged and the errors of damaged ELF files and build information.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static MeasuredBinary Read(string fullPath, bool estimateUpx = false, CancellationToken cancellation = default)
    {
        using RandomAccessFile source = RandomAccessFile.Open(fullPath);
        return Read(source, estimateUpx, cancellation);
    }

    /// <summary>Counts a program's bytes.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <param name="estimateUpx">Whether to estimate what UPX would make of it, for which the whole file is compressed.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">As <see cref="Read(string, bool, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static MeasuredBinary Read(
        IRandomAccessSource source, bool estimateUpx = false, CancellationToken cancellation = default)
    {
        using IRandomAccessSource? unpacked = UpxProgram.TryUnpack(source, cancellation);
        return unpacked is null
            ? ReadPlain(source, packedLength: null, estimateUpx, cancellation)
            : ReadPlain(unpacked, source.Length, estimateUpx, cancellation);
    }

    /// <summary>Counts the bytes of each program in a file: there are several in a universal Mach-O file.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="estimateUpx">Whether to estimate what UPX would make of each.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>One for each architecture. Its length is that of its own part of the file.</returns>
    /// <exception cref="GoCrossException">As <see cref="Read(string, bool, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static IReadOnlyList<MeasuredBinary> ReadAll(
        string fullPath, bool estimateUpx = false, CancellationToken cancellation = default)
    {
        using RandomAccessFile source = RandomAccessFile.Open(fullPath);
        return BinaryFormats.Detect(source) != BinaryFormat.MachOUniversal
            ? [Read(source, estimateUpx, cancellation)]
            : [.. MachOImage.Parts(source).Select(
                part => ReadPlain(new PartSource(source, part.Offset, part.Length), packedLength: null, estimateUpx, cancellation))];
    }

    private static MeasuredBinary ReadPlain(
        IRandomAccessSource source, long? packedLength, bool estimateUpx, CancellationToken cancellation)
    {
        BinaryFormat format = BinaryFormats.Detect(source);
        ProgramImage[] images = [.. ProgramImages.Open(source)];
        if (images.Length != 1)
        {
            throw NotGo(source, format, images.Length);
        }

        ProgramImage image = images[0];
        using ElfFile? elf = format == BinaryFormat.Elf ? ElfFile.Open(source) : null;
        GoFunctionTable table = GoFunctionTable.TryOpen(image) ?? throw NotGo(source, format, 1);
        GoBuildInfo? build = GoBuildInfoReader.TryRead(image);
        var packages = new PackageIndex();
        if (build?.Path is { Length: > 0 } mainPath)
        {
            packages.Alias(mainPath, "main");
        }

        IReadOnlyList<(EmbeddedFile File, long Offset)> embedded = [];
        ModuleData? module = null;
        FunctionSizes? functions = null;
        TypeSizes? types = null;
        long text = -1;
        if (table.Parts is not null)
        {
            AddressReader reader = AddressReader.Create(image);
            module = ModuleData.Find(image, table, reader);
            functions = FunctionSizes.Read(image, table, packages);
            text = FindText(image, table, module);
            functions.Sum(text, GoArchOf(image, build) is "amd64" or "386", cancellation);
            types = module is null ? null : TypeSizes.Walk(image, module, reader, packages, cancellation);
            embedded = EmbeddedFiles.Find(image, reader, (table.Offset, table.Offset + functions.RecordsEnd), cancellation);
        }

        bool hasC = functions is null
            ? GoRuntimeFactsReader.TryRead(image)?.CgoLinked == true
            : functions.LinksC;
        var layout = new FileLayout();
        IReadOnlyList<PeSection> peSections = [];
        switch (format)
        {
            case BinaryFormat.Elf:
                ElfClaims.Make(elf!, hasC, layout);
                break;
            case BinaryFormat.Pe:
                peSections = PeClaims.Make(source, hasC, layout);
                break;
            default:
                MachOClaims.Make(image, hasC, layout);
                break;
        }

        if (functions is not null)
        {
            ClaimParts(image, table, module, functions, types, text, layout);
            ClaimEmbedded(embedded, layout);
        }

        SizeLedger ledger = layout.Enter(source, cancellation);
        if (functions is not null)
        {
            Attribute(ledger, functions, types, packages);
        }

        return new MeasuredBinary(
            source,
            packedLength,
            format,
            ledger,
            build,
            functions,
            types,
            packages,
            SizePredictor.Predict(source, image, elf, peSections, build, estimateUpx, cancellation),
            embedded);
    }

    /// <summary>All that is told of the program at once.</summary>
    public SizeReport Report()
    {
        long Sum(SizeKind kind) => _ledger.Cells.Where(cell => cell.Kind == kind).Sum(cell => cell.Bytes);
        bool? keepsAll = _types is not { Methods: >= MinMethods } types
            ? null
            : (double)types.DroppedMethods / types.Methods < UsuallyDropped;
        return new SizeReport
        {
            Path = Path,
            Format = Format,
            Length = Length,
            PackedLength = PackedLength,
            GoVersion = _build?.GoVersion,
            Platform = Platform,
            HasDwarf = Sum(SizeKind.Dwarf) > 0,
            HasSymbols = Sum(SizeKind.Symbols) > 0,
            PackageCount = _functions is null ? 0 : _functions.Code.Length - _functions.Code.Count(0L),
            KeepsAllMethods = keepsAll,
            DroppedMethods = keepsAll is null ? null : (double)_types!.DroppedMethods / _types.Methods,
            MethodCode = _types?.MethodFunctions.Sum(offset => (long)_functions!.SizeOfFunctionAt(offset)) ?? 0,
            EmbeddedFiles = _embedded,
            Kinds = Shares(SizeDimension.Kind).ToArray(),
            Predictions = _predictions.ToArray(),
        };
    }

    /// <summary>Sums the file's bytes.</summary>
    /// <param name="by">By what.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Shares that add up to the file's length, largest first.</returns>
    public IReadOnlyList<SizeShare> Shares(SizeDimension by, CancellationToken cancellation = default) =>
        by == SizeDimension.File ? FileShares(cancellation)
        : [.. _ledger.Cells
            .GroupBy(cell => (Part: NameOf(cell.Kind, cell.Section, cell.Package, by), IsNone: cell.Package is null && NamesPackages(by)))
            .Select(group => Share(by, group.Key.Part.Name, group.Key.Part.Version, group.Key.IsNone, [.. group]))
            .OrderByDescending(share => share.Length).ThenBy(share => share.Name, StringComparer.Ordinal)];

    /// <summary>The module of a package, as <see cref="SizeDimension.Module"/> names it.</summary>
    internal string ModuleOf(string package) => GoModules.Of(package, _build).Name;

    private static void ClaimParts(
        ProgramImage image,
        GoFunctionTable table,
        ModuleData? module,
        FunctionSizes functions,
        TypeSizes? types,
        long text,
        FileLayout layout)
    {
        GoFunctionTableParts parts = table.Parts!;
        long at = table.Offset;
        if (text >= 0)
        {
            layout.Claim(text + functions.CodeRange.Start, functions.CodeRange.End - functions.CodeRange.Start, SizeKind.Code);
        }

        layout.Claim(at, functions.RecordsEnd, SizeKind.FunctionTables);
        layout.Claim(at + parts.Names, parts.CompilationUnits - parts.Names, SizeKind.FunctionNames);
        layout.Claim(at + parts.FileNames, parts.LineTables - parts.FileNames, SizeKind.FunctionNames);
        layout.Claim(at + parts.LineTables, parts.Functions - parts.LineTables, SizeKind.LineTables);
        if (module is null)
        {
            return;
        }

        if (image.TryMap(module.FunctionData, out long functionData, out long available))
        {
            layout.Claim(functionData, Math.Min(functions.FunctionDataEnd, available), SizeKind.FunctionTables);
        }

        // A bucket of 20 bytes for 4096 bytes of text (runtime.findfuncbucket).
        if (image.TryMap(module.FindTable, out long findTable, out available) && module.TextEnd > module.Text)
        {
            layout.Claim(
                findTable, (long)Math.Min((module.TextEnd - module.Text + 4095) / 4096 * 20, (ulong)available), SizeKind.FunctionTables);
        }

        if (types is null)
        {
            return;
        }

        if (image.TryMap(module.Types, out long typesAt, out _) && types.End > typesAt)
        {
            layout.Claim(typesAt, types.End - typesAt, SizeKind.Types);
        }

        // The constants begin with the types, where these need no relocation and before Go 1.27; then come the texts of the
        // source, the functions' data (before Go 1.26), and the masks of the garbage collector.
        ulong textsAt = module.Types == module.ReadOnlyData ? module.Types + (ulong)(types.End - typesAt) : module.ReadOnlyData;
        ulong textsEnd = module.FunctionData > textsAt ? Math.Min(module.FunctionData, types.FirstMask) : types.FirstMask;
        if (textsEnd > textsAt && textsEnd - textsAt < (ulong)image.Source.Length
            && image.TryMap(textsAt, out long texts, out available) && (ulong)available > textsEnd - textsAt)
        {
            layout.Claim(texts, (long)(textsEnd - textsAt), SizeKind.Strings);
        }
    }

    private static void Attribute(SizeLedger ledger, FunctionSizes functions, TypeSizes? types, PackageIndex packages)
    {
        ledger.Turn(SizeKind.Code, SizeKind.Padding, functions.Padding);
        ledger.Turn(SizeKind.Code, SizeKind.CCode, functions.ForeignCode);
        for (int i = 1; i < packages.Count; i++)
        {
            string name = packages.Names[i];
            Give(SizeKind.Code, functions.Code);
            Give(SizeKind.FunctionNames, functions.Names);
            Give(SizeKind.FunctionTables, functions.Records);
            Give(SizeKind.LineTables, functions.Lines);
            Give(SizeKind.Types, types is null ? [] : types.Bytes);

            void Give(SizeKind kind, ReadOnlySpan<long> bytes)
            {
                if (i < bytes.Length && bytes[i] > 0)
                {
                    ledger.Attribute(kind, name, bytes[i]);
                }
            }
        }
    }

    // Equal texts are in the program once, and texts stand one behind another.
    private static void ClaimEmbedded(IReadOnlyList<(EmbeddedFile File, long Offset)> embedded, FileLayout layout)
    {
        long start = 0;
        long end = 0;
        foreach ((EmbeddedFile file, long offset) in embedded.OrderBy(one => one.Offset))
        {
            if (offset > end)
            {
                layout.Claim(start, end - start, SizeKind.EmbeddedFiles);
                start = offset;
            }

            end = Math.Max(end, offset + file.Length);
        }

        layout.Claim(start, end - start, SizeKind.EmbeddedFiles);
    }

    // The text starts where the module data says; before Go 1.26 the table says it, too.
    private static long FindText(ProgramImage image, GoFunctionTable table, ModuleData? module)
    {
        ulong address = module?.Text ?? table.Parts!.TextStart;
        if (address == 0)
        {
            ImageRange? section = image.FindSection(".text") ?? image.FindSection("__text");
            return section?.Offset ?? -1;
        }

        return image.TryMap(address, out long offset, out _) ? offset : -1;
    }

    // Without build information the headers tell.
    private static string? GoArchOf(ProgramImage image, GoBuildInfo? build)
    {
        if (build?.GoArch is { } architecture)
        {
            return architecture;
        }

        Span<byte> machine = stackalloc byte[20];
        return image.Format == BinaryFormat.Elf && image.Source.Read(0, machine) == machine.Length
            && !image.BigEndian && machine[19] == 0 ? machine[18] switch
        {
            3 => "386",
            62 => "amd64",
            _ => null,
        } : null;
    }

    private static GoCrossException NotGo(IRandomAccessSource source, BinaryFormat format, int images) =>
        format is BinaryFormat.Pe or BinaryFormat.MachO && UpxProgram.FindForeignMark(source) is { } mark
            ? GoCrossException.Create(ErrorKind.Unsupported, nameof(Messages.UpxUnsupported), source.Name, $"{format} program", mark)
        : images > 1
            ? GoCrossException.Create(ErrorKind.Unsupported, nameof(Messages.SizeUniversal), source.Name, images)
            : GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.SizeNotGo), source.Name, format);

    private (string Name, string? Version) NameOf(SizeKind kind, string section, string? package, SizeDimension by) => by switch
    {
        SizeDimension.Kind => (kind.ToString(), null),
        SizeDimension.Section => (section.Length == 0 ? $"({kind})" : section, null),
        SizeDimension.Package => (package ?? $"({kind})", null),
        _ => package is null ? ($"({kind})", null) : GoModules.Of(package, _build),
    };

    private static bool NamesPackages(SizeDimension by) => by is SizeDimension.Package or SizeDimension.Module;

    private SizeShare Share(
        SizeDimension by, string name, string? version, bool belongsToNone, (SizeKind Kind, string Section, string? Package, long Bytes)[] cells)
    {
        long length = cells.Sum(cell => cell.Bytes);
        long code = cells.Where(cell => cell.Kind == SizeKind.Code).Sum(cell => cell.Bytes);
        bool isPackage = by == SizeDimension.Package && cells[0].Package is not (null or "main" or "runtime");
        return new SizeShare
        {
            Path = Path,
            By = by,
            Name = name,
            Version = version,
            BelongsToNone = belongsToNone,
            Length = length,
            Share = (double)length / Length,
            Code = code,
            Tables = cells.Where(cell => TableKinds.Contains(cell.Kind)).Sum(cell => cell.Bytes),
            Types = cells.Where(cell => cell.Kind == SizeKind.Types).Sum(cell => cell.Bytes),

            // What was measured: without a package two to four times its own code goes, in whole pages (its data, and what
            // only it used, go as well).
            LowestSaving = isPackage ? length : null,
            HighestSaving = isPackage ? Math.Max(length, ((4 * code) + 4095) / 4096 * 4096) : null,
        };
    }

    private IReadOnlyList<SizeShare> FileShares(CancellationToken cancellation)
    {
        var files = new Dictionary<uint, long>();
        _functions?.SumFiles(
            (file, bytes) => System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(files, file, out _) += bytes,
            cancellation);
        SizeShare Plain(string name, long length, bool isCode) => new()
        {
            Path = Path,
            By = SizeDimension.File,
            Name = name,
            Length = length,
            Share = (double)length / Length,
            Code = isCode ? length : 0,
        };

        // The maps from code to files cover the filling between functions, too.
        long left = _ledger.Cells.Where(cell => cell.Kind == SizeKind.Code).Sum(cell => cell.Bytes);
        var shares = new List<SizeShare>();
        foreach ((uint file, long bytes) in files.OrderByDescending(file => file.Value))
        {
            long length = Math.Min(bytes, left);
            left -= length;
            shares.Add(Plain(_functions!.FileName(file), length, isCode: true));
        }

        shares.AddRange(_ledger.Cells.GroupBy(cell => cell.Kind)
            .Select(kind => Plain($"({kind.Key})", kind.Key == SizeKind.Code ? left : kind.Sum(cell => cell.Bytes), isCode: false)));
        return
        [
            .. shares.Where(share => share.Length > 0)
                .OrderByDescending(share => share.Length).ThenBy(share => share.Name, StringComparer.Ordinal),
        ];
    }
}
