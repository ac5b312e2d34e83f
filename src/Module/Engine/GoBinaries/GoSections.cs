using GoCross.Elf;
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

    /// <summary>The same of an ELF file of which no more was read than its headers.</summary>
    /// <exception cref="Errors.GoCrossException">FileChanged.</exception>
    public static bool MayBeGo(ElfFile file)
    {
        ElfSectionTable sections = file.SectionTable;
        bool named = false;
        for (int i = 0; i < sections.Count; i++)
        {
            ReadOnlySpan<byte> name = sections.NameOf(i);
            if (name.IsEmpty || sections[i].Type == ElfSection.NoBits)
            {
                continue;
            }

            named = true;
            if (name.SequenceEqual(".gopclntab"u8) || name.SequenceEqual(".go.buildinfo"u8)
                || name.SequenceEqual(".note.go.buildid"u8) || name.SequenceEqual(".data.rel.ro.gopclntab"u8)
                || name.SequenceEqual(".gosymtab"u8) || name.SequenceEqual(".typelink"u8)
                || name.SequenceEqual(".itablink"u8))
            {
                return true;
            }
        }

        return !named;
    }
}
