using GoCross.Binaries;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Libraries;
using GoCross.Sboms;

namespace GoCross.Fuzz;

/// <summary>What GoCross does with a binary. Each is one call of a cmdlet's, held to the limits by itself.</summary>
internal static class FuzzTargets
{
    /// <summary>Names and calls; a call returns whether the file was accepted.</summary>
    /// <param name="root">A directory for the libraries to be missing in.</param>
    internal static IReadOnlyList<(string Name, Func<IRandomAccessSource, bool> Call)> All(string root) =>
    [
        ("report", Report),
        ("libraries", source => new LibraryResolver(new DirectoryRoot(root), []).Resolve(source, "/program").Count >= 0),
        ("modules", source => new SbomReader().ReadProgram(source).Components.Count >= 0),
        ("functions", source => GoFunctionTable.TryOpen(source)?.EnumerateFunctions().Count() > 0),
    ];

    private static bool Report(IRandomAccessSource source)
    {
        if (BinaryInspector.TryInspect(source) is not null)
        {
            return true;
        }

        // What a PE or Mach-O file is asked for, so that the error can say more of it.
        return GoBuildInfoReader.TryRead(source) is not null
            ? GoRuntimeFactsReader.TryRead(source) is not null
            : BinaryFormats.Detect(source) == BinaryFormat.Elf;
    }
}
