using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Elf;

/// <summary>
/// Reads the symbols that files exchange: the loader's table, found through PT_DYNAMIC, so that neither strip nor the
/// loss of the section headers hides them. A static program has none.
/// </summary>
public static class ElfSymbolReader
{
    /// <summary>Reads the symbols of a file.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>In the table's order, without those that are local to the file.</returns>
    /// <exception cref="GoCrossException">
    /// PathNotFound; PathIsDirectory; FileEmpty; NotElf and its kin; ElfTruncated; ElfFieldInvalid; ElfAddressInvalid;
    /// ElfLimit; FileChanged.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static IReadOnlyList<ElfSymbol> Read(string fullPath, CancellationToken cancellation = default)
    {
        using var source = RandomAccessFile.Open(fullPath);
        using ElfFile file = ElfFile.Open(source);
        return Read(file, cancellation);
    }

    /// <summary>Reads the symbols of a file that is open already.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>In the table's order, without those that are local to the file.</returns>
    /// <exception cref="GoCrossException">ElfTruncated; ElfFieldInvalid; ElfAddressInvalid; ElfLimit; FileChanged.</exception>
    public static IReadOnlyList<ElfSymbol> Read(ElfFile file, CancellationToken cancellation = default)
    {
        var symbols = new List<ElfSymbol>();
        if (ElfDynamicSection.Read(file) is not { } dynamic)
        {
            return symbols;
        }

        using var table = ElfSymbolTable.OpenDynamic(file, dynamic);
        if (table is null)
        {
            return symbols;
        }

        Dictionary<int, string> definitions = ElfVersions.ReadDefinitions(file, dynamic);
        var needs = new Dictionary<int, ElfVersionNeed>();
        foreach (ElfVersionNeed need in ElfVersions.ReadNeeds(file, dynamic))
        {
            needs[need.Index] = need;
        }

        while (table.TryRead(out ElfSymbolEntry entry))
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.IsGlobal && table.TextOf(entry) is { Length: > 0 } name)
            {
                symbols.Add(Describe(file.Name, name, entry, definitions, needs));
            }
        }

        return symbols;
    }

    private static ElfSymbol Describe(
        string file,
        string name,
        in ElfSymbolEntry entry,
        Dictionary<int, string> definitions,
        Dictionary<int, ElfVersionNeed> needs)
    {
        // 0 and 1 are not versions: the one is the file's own business, the other is without. What a program has a copy
        // of (R_*_COPY) it defines itself, with the version of the library that it is from.
        const int FirstVersion = 2;
        string? defined = null;
        ElfVersionNeed? needed = null;
        if (entry.VersionIndex >= FirstVersion
            && (entry.IsUndefined || !definitions.TryGetValue(entry.VersionIndex, out defined)))
        {
            needed = needs.GetValueOrDefault(entry.VersionIndex);
        }

        return new ElfSymbol
        {
            File = file,
            Name = name,
            Version = defined ?? needed?.Version,
            IsDefaultVersion = defined is not null && !entry.IsHiddenVersion,
            IsImport = entry.IsUndefined,
            Library = needed?.Library,
            Binding = (ElfSymbolBinding)(entry.Info >> 4),
            Type = (ElfSymbolType)(entry.Info & 0xf),
            Visibility = (ElfSymbolVisibility)(entry.Other & 3),
            Value = entry.Value,
            Size = entry.Size,
        };
    }
}
