using GoCross.Formatting;
using GoCross.GoBinaries;

namespace GoCross.Scratch;

/// <summary>
/// Lists that a program looks things up in and that every distribution has in the same place and form: they come from
/// this machine.
/// </summary>
internal static class MachineFiles
{
    /// <summary>More than any distribution's list has; Debian's longest has 70 KB.</summary>
    private const long MaxListLength = 4 << 20;

    private static readonly (RuntimeNeedKind Kind, string Path)[] Lists =
    [
        (RuntimeNeedKind.MimeTypes, RuntimeNeeds.MimeTypesPath),
        (RuntimeNeedKind.Services, RuntimeNeeds.ServicesPath),
        (RuntimeNeedKind.Protocols, RuntimeNeeds.ProtocolsPath),
    ];

    /// <summary>Plans the lists that are needed.</summary>
    /// <param name="needs">The needs.</param>
    /// <param name="warnings">Gets a word on a list that this machine does not have.</param>
    /// <exception cref="IOException">A list cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A list may not be read.</exception>
    internal static IEnumerable<RootPart> Plan(IReadOnlyList<RuntimeNeed> needs, ICollection<string> warnings)
    {
        var parts = new List<RootPart>();
        foreach ((RuntimeNeedKind kind, string path) in Lists)
        {
            if (needs.FirstOrDefault(need => need.Kind == kind && need.ProvidedBy == NeedProvider.Image) is not { } need)
            {
                continue;
            }

            var file = new FileInfo(path);
            if (file.Exists && file.Length <= MaxListLength)
            {
                parts.Add(new RootPart(
                    kind,
                    path,
                    TextFormat.Fill(Texts.ScratchMachineFile, path, need.Reason),
                    [RootEntry.File(path[1..], File.ReadAllBytes(path))]));
            }
            else
            {
                warnings.Add(TextFormat.Fill(Texts.ScratchMachineFileMissing, path, need.Reason));
            }
        }

        return parts;
    }
}
