using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>What a loader reads of a file before it decides what to do with it.</summary>
internal sealed class LibraryFile
{
    private LibraryFile(ElfFile file, ElfReport report)
    {
        Header = file.Header;
        ElfDynamicSection? dynamic = ElfDynamicSection.Read(file);
        Interpreter = report.Interpreter;
        LibC = report.LibC;
        Needed = report.Needed;
        SoName = report.SoName;
        RunPath = report.RunPath;
        RPath = report.RPath;
        VersionNeeds = report.VersionNeeds;
        NoDefaultLibraries = dynamic?.NoDefaultLibraries ?? false;
        Definitions = dynamic is null ? [] : [.. ElfVersions.ReadDefinitions(file, dynamic).Values];
    }

    internal ElfHeader Header { get; }

    internal string? Interpreter { get; }

    internal LibC LibC { get; }

    internal IReadOnlyList<string> Needed { get; }

    internal string? SoName { get; }

    internal string? RPath { get; }

    internal string? RunPath { get; }

    internal bool NoDefaultLibraries { get; }

    internal IReadOnlyList<ElfVersionNeed> VersionNeeds { get; }

    /// <summary>The versions that the library has.</summary>
    internal HashSet<string> Definitions { get; }

    /// <summary>Whether a loader can load it at all.</summary>
    internal bool IsLoadable => Header.Type is ElfType.Executable or ElfType.SharedObject;

    /// <summary>Reads a file.</summary>
    /// <exception cref="GoCrossException">It is not an ELF file, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static LibraryFile Read(IRandomAccessSource source)
    {
        using ElfFile file = ElfFile.Open(source);
        return Of(file, ElfInspector.Inspect(file, ElfFacts.Versions));
    }

    /// <summary>Takes what was read of a file before.</summary>
    /// <param name="file">The file.</param>
    /// <param name="report">What its headers tell, its versions among it.</param>
    /// <exception cref="GoCrossException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static LibraryFile Of(ElfFile file, ElfReport report) => new(file, report);
}
