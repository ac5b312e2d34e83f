using System.Globalization;
using GoCross.Elf;
using GoCross.GoBinaries;

namespace GoCross.Binaries;

/// <summary>What there is of a binary in each category, in the order in which it is reported.</summary>
internal static class ComparedItems
{
    /// <summary>Whether a category of a binary can be told at all.</summary>
    internal static bool CanTell(BinaryContent binary, ElfChangeCategory category) => category switch
    {
        ElfChangeCategory.File or ElfChangeCategory.Size => true,
        ElfChangeCategory.Linkage => binary.Elf is not null,
        ElfChangeCategory.Runtime or ElfChangeCategory.Go or ElfChangeCategory.Module or ElfChangeCategory.Setting =>
            !binary.IsPacked,
        _ => binary.Elf is not null && !binary.IsPacked,
    };

    /// <summary>The things of a category.</summary>
    /// <param name="binary">The binary.</param>
    /// <param name="category">A category that can be told of it.</param>
    /// <param name="beside">The binary that it is compared with: what cannot be told of that is left out.</param>
    internal static IEnumerable<ComparedItem> Of(BinaryContent binary, ElfChangeCategory category, BinaryContent beside) =>
        category switch
        {
            ElfChangeCategory.File => OfFile(binary, beside),
            ElfChangeCategory.Linkage => OfLinkage(binary.Elf!, binary.IsPacked || beside.IsPacked),
            ElfChangeCategory.Library => OfLibraries(binary.Elf!),
            ElfChangeCategory.Runtime => OfRuntime(binary, beside),
            ElfChangeCategory.Go => OfGo(binary.GoBuild),
            ElfChangeCategory.Module => (binary.GoBuild?.Deps ?? []).Select(OfModule),
            ElfChangeCategory.Setting => OfSettings(binary.GoBuild),
            ElfChangeCategory.Hardening => OfHardening(binary.Elf!, beside.Elf!),
            ElfChangeCategory.Size => OfSize(binary, beside),
            ElfChangeCategory.Version => binary.Elf!.VersionNeeds.Select(OfVersion),
            ElfChangeCategory.Import => OfSymbols(binary, ofImports: true),
            ElfChangeCategory.Export => OfSymbols(binary, ofImports: false),
            ElfChangeCategory.Section => binary.Sections.Select(section => new ComparedItem(section.Name, Length(section.Size))),
            _ => throw new ArgumentOutOfRangeException(nameof(category), category, null),
        };

    private static IEnumerable<ComparedItem> OfFile(BinaryContent binary, BinaryContent beside)
    {
        yield return new ComparedItem("Format", binary.Format);
        if (binary.Elf is { } elf && beside.Elf is not null)
        {
            yield return new ComparedItem("Class", elf.Class);
            yield return new ComparedItem("ByteOrder", elf.ByteOrder);
            yield return new ComparedItem("Machine", elf.Machine);
            yield return ComparedItem.Known("OperatingSystem", elf.OperatingSystem, beside.Elf.OperatingSystem);
            yield return new ComparedItem("Packed", elf.Packed);
            if (!binary.IsPacked && !beside.IsPacked)
            {
                yield return new ComparedItem("Type", elf.Type);
                yield return ComparedItem.Known("Stripped", elf.Stripped, beside.Elf.Stripped);
                yield return ComparedItem.Known("HasDwarf", elf.HasDwarf, beside.Elf.HasDwarf);
            }
        }
    }

    private static IEnumerable<ComparedItem> OfLinkage(BinaryReport elf, bool packed)
    {
        yield return new ComparedItem("Linkage", elf.Linkage);
        yield return new ComparedItem("RunsInScratch", elf.RunsInScratch);
        if (packed)
        {
            yield break;
        }

        yield return ComparedItem.Fact("Interpreter", elf.Interpreter);
        yield return ComparedItem.Fact("SoName", elf.SoName);
        yield return ComparedItem.Fact("RPath", elf.RPath);
        yield return ComparedItem.Fact("RunPath", elf.RunPath);
        yield return new ComparedItem("LibC", elf.LibC);
        yield return ComparedItem.Fact("MinimumGlibc", elf.MinimumGlibc);
    }

    private static IEnumerable<ComparedItem> OfLibraries(BinaryReport elf)
    {
        foreach (string library in elf.Needed)
        {
            yield return new ComparedItem(library, null);
        }

        foreach (ElfDlopenNeed need in elf.DlopenNeeds.Where(need => need.SoNames.Count > 0))
        {
            yield return new ComparedItem(string.Join(" or ", need.SoNames), $"dlopen, {need.Priority}");
        }
    }

    private static IEnumerable<ComparedItem> OfRuntime(BinaryContent binary, BinaryContent beside)
    {
        if (binary.GoRuntime is { } go)
        {
            yield return new ComparedItem("CgoLinked", go.CgoLinked);
            yield return new ComparedItem("Resolver", go.Resolver);
            yield return new ComparedItem("UserLookup", go.UserLookup);
            yield return new ComparedItem("RaceDetector", go.RaceDetector);
            yield return new ComparedItem("EmbedsCaCertificates", go.EmbedsCaCertificates);
            yield return new ComparedItem("EmbedsTimeZones", go.EmbedsTimeZones);
        }

        if (binary.Elf is null || beside.Elf is null)
        {
            yield break;
        }

        // The loader and the libraries have categories of their own.
        foreach (RuntimeNeed need in binary.Elf.RuntimeNeeds.Where(
            need => need.Kind is not (RuntimeNeedKind.Loader or RuntimeNeedKind.SharedLibrary)))
        {
            yield return new ComparedItem(need.Path, need.Kind);
        }
    }

    private static IEnumerable<ComparedItem> OfGo(GoBuildInfo? build)
    {
        yield return ComparedItem.Fact("GoVersion", build?.GoVersion);
        yield return ComparedItem.Fact("Package", build?.Path is { Length: > 0 } package ? package : null);
        if (build?.Main is { } main)
        {
            ComparedItem module = OfModule(main);
            yield return new ComparedItem("Module", $"{main.Path} {module.Value}", $"{main.Path} {module.Whole}");
        }
    }

    // A checksum says nothing to a reader, and matters where nothing else differs.
    private static ComparedItem OfModule(GoModule module)
    {
        string value = module.Version;
        string whole = WithSum(module);
        if (module.Replace is { } replacement)
        {
            string target = replacement.Version.Length == 0 ? replacement.Path : $"{replacement.Path} {replacement.Version}";
            value += $" => {target}";
            whole += $" => {replacement.Path} {WithSum(replacement)}";
        }

        return new ComparedItem(module.Path, value, whole);
    }

    private static string WithSum(GoModule module) =>
        module.Sum.Length == 0 ? module.Version : $"{module.Version} ({module.Sum})";

    // With cgo Go writes down all flags for C, most of them empty: those are as good as not set.
    private static IEnumerable<ComparedItem> OfSettings(GoBuildInfo? build) => (build?.Settings ?? [])
        .Where(setting => setting.Value.Length > 0)
        .Select(setting => new ComparedItem(setting.Key, setting.Value));

    private static IEnumerable<ComparedItem> OfHardening(BinaryReport elf, BinaryReport beside)
    {
        yield return ComparedItem.Fact("NoExecuteStack", elf.NoExecuteStack);
        yield return new ComparedItem("Relro", elf.Relro);
        yield return new ComparedItem("Pie", elf.Pie);
        yield return new ComparedItem("BindNow", elf.BindNow);
        yield return ComparedItem.Known("StackCanary", elf.StackCanary, beside.StackCanary);
    }

    private static IEnumerable<ComparedItem> OfSize(BinaryContent binary, BinaryContent beside)
    {
        yield return new ComparedItem("File", binary.Length);
        yield return ComparedItem.Fact("Unpacked", binary.Elf?.UnpackedLength);

        // Without sections there are no such sums; segments are rounded up to pages.
        if (binary.Sections.Count == 0 || beside.Sections.Count == 0)
        {
            yield break;
        }

        ILookup<bool, ElfSection> isData = binary.Sections
            .Where(section => section.IsAllocated)
            .ToLookup(section => section.IsWritable && !section.IsExecutable);

        // As size(1) in its Berkeley format counts: what is not written to is text, whether it is code or not.
        yield return new ComparedItem("text", Sum(isData[false]));
        yield return new ComparedItem("data", Sum(isData[true].Where(section => section.Type != ElfSection.NoBits)));
        yield return new ComparedItem("bss", Sum(isData[true].Where(section => section.Type == ElfSection.NoBits)));
    }

    private static ComparedItem OfVersion(ElfVersionNeed need) =>
        new($"{need.Version} ({need.Library})", need.Weak ? "weak" : null);

    // A program is bound to a name and a version: a file that no longer has both lacks a symbol. What is asked for in
    // another version is asked for still. The versions' own symbols, which have their names, are nobody's.
    private static IEnumerable<ComparedItem> OfSymbols(BinaryContent binary, bool ofImports) => binary.Symbols
        .Where(symbol => symbol.IsImport == ofImports && symbol.Name != symbol.Version)
        .Select(symbol => ofImports
            ? new ComparedItem(symbol.Name, ImportText(symbol))
            : new ComparedItem(symbol.Version is null ? symbol.Name : $"{symbol.Name}@{symbol.Version}", ExportText(symbol)));

    // What the importer says of the type is the linker's affair: some say it, some do not.
    private static string? ImportText(ElfSymbol symbol) => (symbol.Version, symbol.Binding) switch
    {
        (null, ElfSymbolBinding.Weak) => "weak",
        (null, _) => null,
        (_, ElfSymbolBinding.Weak) => symbol.Version + ", weak",
        _ => symbol.Version,
    };

    // All that another file relies on; of data the size, too, of which programs keep a copy.
    private static string ExportText(ElfSymbol symbol)
    {
        var parts = new List<string>(4) { symbol.Type.ToString() };
        if (symbol.Type is ElfSymbolType.Object or ElfSymbolType.ThreadLocal)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{symbol.Size} bytes"));
        }

        if (symbol.Binding != ElfSymbolBinding.Global)
        {
            parts.Add(symbol.Binding == ElfSymbolBinding.Weak ? "weak" : "unique");
        }

        if (symbol.Version is not null && !symbol.IsDefaultVersion)
        {
            parts.Add("not default");
        }

        return string.Join(", ", parts);
    }

    // A damaged header may say any size.
    private static long Sum(IEnumerable<ElfSection> sections) => sections.Aggregate(
        0L, (sum, section) => sum + Math.Min(Length(section.Size), long.MaxValue - sum));

    private static long Length(ulong size) => (long)Math.Min(size, long.MaxValue);
}
