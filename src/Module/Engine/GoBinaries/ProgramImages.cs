using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>Opens programs of any format.</summary>
internal static class ProgramImages
{
    /// <summary>
    /// Reads a file's headers. There are several images in a universal Mach-O file, and none in a file that is no
    /// program or whose headers cannot be read.
    /// </summary>
    public static IEnumerable<ProgramImage> Open(IRandomAccessSource source)
    {
        BinaryFormat format = BinaryFormats.Detect(source);
        if (format == BinaryFormat.MachOUniversal)
        {
            return MachOImage.OpenAll(source);
        }

        ProgramImage? image = format switch
        {
            BinaryFormat.Elf => ElfImage.TryOpen(source),
            BinaryFormat.Pe => PeImage.TryOpen(source),
            BinaryFormat.MachO => MachOImage.TryOpen(source),
            _ => null,
        };
        return image is null ? [] : [image];
    }
}
