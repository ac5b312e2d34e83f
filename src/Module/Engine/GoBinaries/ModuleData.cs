namespace GoCross.GoBinaries;

/// <summary>
/// Where a Go program's linker put its text, types and functions' data: the runtime's own record of it
/// (runtime.moduledata), which stripped programs have as well. It is found by what it has to hold, and what changed between
/// versions is told by what the values can be.
/// </summary>
internal sealed class ModuleData
{
    /// <summary>The words before the end of the zero-filled data have not changed since Go 1.16.</summary>
    private const int ZeroFilledEnd = 31;
    private const int Words = 96;

    /// <summary>The address of the first function.</summary>
    public required ulong Text { get; init; }

    /// <summary>Where types are counted from.</summary>
    public required ulong Types { get; init; }

    /// <summary>Where they end at the latest. Before Go 1.27 other constants follow within.</summary>
    public required ulong TypesEnd { get; init; }

    /// <summary>
    /// The length of the descriptors, which stand one after another from <see cref="Types"/> on; 0 before Go 1.27.
    /// </summary>
    public required ulong DescriptorsLength { get; init; }

    /// <summary>Where the constants start.</summary>
    public required ulong ReadOnlyData { get; init; }

    /// <summary>Where the functions' data (go:func.*) starts.</summary>
    public required ulong FunctionData { get; init; }

    /// <summary>Where the table is that finds a function by its address.</summary>
    public required ulong FindTable { get; init; }

    /// <summary>The address after the last function.</summary>
    public required ulong TextEnd { get; init; }

    /// <summary>The table of types that reflection can build, and how many it has; 0 from Go 1.27 on.</summary>
    public required (ulong Address, ulong Count) TypeLinks { get; init; }

    /// <summary>Where the record itself is.</summary>
    public required ulong Address { get; init; }

    /// <summary>Finds the record.</summary>
    /// <returns>Null where there is none, or none that can be read.</returns>
    public static ModuleData? Find(ProgramImage image, GoFunctionTable table, AddressReader reader)
    {
        if (table.Parts is not { } parts || AddressOf(image, table.Offset) is not { } header)
        {
            return null;
        }

        foreach (ulong place in Candidates(image, header, reader))
        {
            if (Read(image, place, header, parts, reader) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static IEnumerable<ulong> Candidates(ProgramImage image, ulong header, AddressReader reader)
    {
        foreach (ulong place in reader.PlacesOf(header))
        {
            yield return place;
        }

        int word = image.PointerSize;
        byte[] pattern = new byte[word];
        for (int i = 0; i < word; i++)
        {
            pattern[image.BigEndian ? word - 1 - i : i] = (byte)(header >> (8 * i));
        }

        var scan = new MagicScan(image, bytes => bytes.IndexOf(pattern), word, word);
        foreach (ImageRange segment in image.Segments)
        {
            if (segment.Writable && !segment.Executable)
            {
                foreach (long at in scan.Find(segment))
                {
                    yield return segment.Address + (ulong)at;
                }
            }
        }
    }

    private static ModuleData? Read(
        ProgramImage image, ulong address, ulong header, GoFunctionTableParts parts, AddressReader reader)
    {
        int word = image.PointerSize;
        if (!image.TryMap(address, out long offset, out long available))
        {
            return null;
        }

        byte[] bytes = new byte[Math.Min(Words * word, available)];
        int count = image.Source.Read(offset, bytes) / word;
        ulong[] w = new ulong[Words];
        for (int i = 0; i < count; i++)
        {
            w[i] = reader.Word(address + (ulong)(i * word), bytes.AsSpan(i * word, word));
        }

        // Header, then five slices of parts of the table (names, units, files, lines, functions).
        if (w[0] != header || w[1] != header + (ulong)parts.Names || w[4] != header + (ulong)parts.CompilationUnits
            || w[7] != header + (ulong)parts.FileNames || w[10] != header + (ulong)parts.LineTables
            || w[13] != header + (ulong)parts.Functions || w[16] != w[13] || w[17] == 0)
        {
            return null;
        }

        // Counters of test coverage, from Go 1.20 on, and the end of all are among the zero-filled data, which begin at word
        // 28; what follows, the masks of the garbage collector, is among the constants.
        const ulong MaxPage = 64 * 1024;
        int end = ZeroFilledEnd + 1;
        while (end < ZeroFilledEnd + 6 && w[end + 1] >= w[28] && w[end + 1] <= w[ZeroFilledEnd] + MaxPage)
        {
            end++;
        }

        int at = end + 3;
        ulong types = w[at++];
        ulong descriptors = 0;

        // Go 1.27 has a length here, which is less than any address; and two more before the constants.
        if (w[at] < types)
        {
            descriptors = w[at++];
        }

        ulong typesEnd = w[at++];
        if (descriptors != 0)
        {
            at += 2;
        }

        ulong constants = w[at++];
        ulong functionData = w[at++];

        // Go 1.26 puts the table's end here. A slice has an address, a length and the same capacity.
        while (at < Words - 6 && !(w[at + 1] == w[at + 2] && (w[at] == 0) == (w[at + 1] == 0) && w[at + 1] < uint.MaxValue))
        {
            at++;
        }

        at += 3;
        bool hasLinks = descriptors == 0 && w[at + 1] == w[at + 2] && image.TryMap(w[at], out _, out _);
        return typesEnd < types || !image.TryMap(w[22], out _, out _) ? null : new ModuleData
        {
            Address = address,
            Text = w[22],
            TextEnd = w[23],
            FindTable = w[19],
            Types = types,
            TypesEnd = typesEnd,
            DescriptorsLength = descriptors,
            ReadOnlyData = constants,
            FunctionData = functionData,
            TypeLinks = hasLinks ? (w[at], w[at + 1]) : (0, 0),
        };
    }

    /// <summary>The address at which a byte of the file is loaded.</summary>
    public static ulong? AddressOf(ProgramImage image, long offset)
    {
        foreach (ImageRange segment in image.Segments)
        {
            if (offset >= segment.Offset && offset - segment.Offset < segment.Length)
            {
                return segment.Address + (ulong)(offset - segment.Offset);
            }
        }

        return null;
    }
}
