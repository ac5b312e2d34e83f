using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>What names of sections tell about a program.</summary>
internal static class GoSections
{
    /// <summary>
    /// Whether a program may be Go's. Of an ELF or Mach-O file with usable section names Go's linker names some itself,
    /// and an external linker keeps them; to search the data of every C program for Go's magic would be a waste.
    /// </summary>
    public static bool MayBeGo(ProgramImage image)
    {
        if (image.Format == BinaryFormat.Pe || image.Sections.Count == 0)
        {
            return true;
        }

        foreach (ImageRange section in image.Sections)
        {
            if (section.Name is ".gopclntab" or ".gosymtab" or ".typelink" or ".itablink" or ".note.go.buildid"
                or ".data.rel.ro.gopclntab" or "__gopclntab" or "__gosymtab" or "__typelink" or "__itablink")
            {
                return true;
            }
        }

        return false;
    }
}
