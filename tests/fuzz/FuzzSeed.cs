using GoCross.Elf;
using GoCross.Errors;
using GoCross.GoBinaries;

namespace GoCross.Fuzz;

/// <summary>A file to damage, and where it hurts.</summary>
public sealed class FuzzSeed
{
    private static readonly byte[] BuildInfoMagic = [0xFF, .. " Go buildinf:"u8];

    /// <summary>Takes a file.</summary>
    /// <param name="name">What reports call it.</param>
    /// <param name="bytes">The file.</param>
    public FuzzSeed(string name, byte[] bytes)
    {
        Name = name;
        Bytes = bytes;
        Places = [.. FindPlaces(bytes).Where(place => place.Length > 0)];
    }

    /// <summary>What reports call it.</summary>
    public string Name { get; }

    /// <summary>The file. A run damages a copy.</summary>
    public byte[] Bytes { get; }

    /// <summary>
    /// The parts that readers read, since most of a file is code: the headers, what the loader's segments and the
    /// sections for it hold, the section headers, and Go's tables.
    /// </summary>
    public IReadOnlyList<(int Offset, int Length)> Places { get; }

    private static IEnumerable<(int Offset, int Length)> FindPlaces(byte[] bytes)
    {
        yield return Clamp(bytes, 4, 1020);
        yield return Clamp(bytes, bytes.Length - 4096, 4096);
        foreach ((int Offset, int Length) place in ElfPlaces(bytes))
        {
            yield return place;
        }

        int block = bytes.AsSpan().IndexOf(BuildInfoMagic);
        if (block >= 0)
        {
            yield return Clamp(bytes, block, 512);
        }

        if (FunctionTable(bytes) is { } table)
        {
            yield return Clamp(bytes, table, 80);
            yield return Clamp(bytes, table, 64 * 1024);
        }
    }

    private static List<(int Offset, int Length)> ElfPlaces(byte[] bytes)
    {
        var places = new List<(int, int)>();
        using ElfFile? file = ElfFile.TryOpen(new BytesView(bytes));
        foreach (ElfProgramHeader segment in file?.ProgramHeaders ?? [])
        {
            if (segment.Type is ElfSegmentType.Dynamic or ElfSegmentType.Note or ElfSegmentType.Interpreter)
            {
                places.Add(Clamp(bytes, (long)segment.Offset, (long)segment.FileSize));
            }
        }

        foreach (ElfSection section in file?.Sections ?? [])
        {
            if (section.Name is ".dynstr" or ".dynsym" or ".gnu.version" or ".gnu.version_r" or ".gnu.version_d"
                or ".gnu.hash" or ".hash" or ".shstrtab" or ".strtab" or ".symtab")
            {
                places.Add(Clamp(bytes, (long)section.Offset, (long)section.Size));
            }
        }

        if (file is { Header.SectionHeaderOffset: > 0 })
        {
            places.Add(Clamp(bytes, (long)file.Header.SectionHeaderOffset, file.Header.SectionHeaderCount * 64L));
        }

        return places;
    }

    private static int? FunctionTable(byte[] bytes)
    {
        try
        {
            return (int?)GoFunctionTable.TryOpen(new BytesView(bytes))?.Offset;
        }
        catch (GoCrossException)
        {
            return null;
        }
    }

    private static (int Offset, int Length) Clamp(byte[] bytes, long offset, long length)
    {
        int start = (int)Math.Clamp(offset, 0, bytes.Length);
        return (start, (int)Math.Clamp(length, 0, bytes.Length - start));
    }
}
