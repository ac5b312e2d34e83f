using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>Sees an ELF file as a <see cref="ProgramImage"/>.</summary>
internal static class ElfImage
{
    private const int RelocationBufferSize = 24 * 2048;

    /// <summary>Reads the headers.</summary>
    /// <returns>Null if they are damaged: such a file is nobody's program.</returns>
    public static ProgramImage? TryOpen(IRandomAccessSource source)
    {
        try
        {
            using ElfFile? file = ElfFile.TryOpen(source);
            return file is null ? null : TryCreateGo(source, file);
        }
        catch (GoCrossException)
        {
            return null;
        }
    }

    /// <summary>Takes the headers from a file that is open already.</summary>
    /// <returns>Null if its sections say that it is not Go's: most files are not, and need no more work.</returns>
    public static ProgramImage? TryCreateGo(IRandomAccessSource source, ElfFile file) =>
        GoSections.MayBeGo(file) ? Create(source, file) : null;

    private static ProgramImage Create(IRandomAccessSource source, ElfFile file)
    {
        var segments = new List<ImageRange>();
        foreach (ElfProgramHeader header in file.ProgramHeaders)
        {
            if (header.Type == ElfSegmentType.Load)
            {
                segments.Add(ImageRange.Create(
                    "",
                    header.VirtualAddress,
                    header.Offset,
                    header.FileSize,
                    0,
                    source.Length,
                    (header.Flags & ElfSegmentFlags.Write) != 0,
                    (header.Flags & ElfSegmentFlags.Execute) != 0));
            }
        }

        var sections = new List<ImageRange>();
        foreach (ElfSection section in file.Sections)
        {
            if (section.Name.Length != 0 && section.Type != ElfSection.NoBits)
            {
                sections.Add(ImageRange.Create(
                    section.Name,
                    section.Address,
                    section.Offset,
                    section.Size,
                    0,
                    source.Length,
                    writable: (section.Flags & 1) != 0,
                    executable: (section.Flags & 4) != 0));
            }
        }

        bool wide = file.Header.Class == ElfClass.Elf64;
        bool bigEndian = file.Header.ByteOrder == ElfByteOrder.BigEndian;
        ElfProgramHeader dynamic = file.ProgramHeaders.FirstOrDefault(h => h.Type == ElfSegmentType.Dynamic);
        ProgramImage image = null!;
        image = new ProgramImage
        {
            Source = source,
            Format = BinaryFormat.Elf,
            PointerSize = wide ? 8 : 4,
            BigEndian = bigEndian,
            Segments = segments,
            Sections = sections,
            Architecture = ElfMachine.Architecture(file.Header),
            Dynamic = dynamic.FileSize == 0 ? null : dynamic,
            Relocated = dynamic.FileSize == 0 ? null : address => FindAddend(image, dynamic, address),
        };
        return image;
    }

    /// <summary>
    /// Looks an address up in the relocations with explicit addends (gABI, Relocation). A program loaded where it asks
    /// to be has the addend there once the loader is done.
    /// </summary>
    private static ulong? FindAddend(ProgramImage image, ElfProgramHeader dynamic, ulong address)
    {
        if (!AddressReader.TryFindTable(image, dynamic, out long offset, out long rest))
        {
            return null;
        }

        int word = image.PointerSize;
        byte[] buffer = new byte[Math.Min(RelocationBufferSize, rest)];
        while (rest > 0)
        {
            int got = image.Source.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, rest)));
            for (int at = 0; at + (3 * word) <= got; at += 3 * word)
            {
                if (image.ReadWord(buffer.AsSpan(at)) == address)
                {
                    return image.ReadWord(buffer.AsSpan(at + (2 * word)));
                }
            }

            if (got < 3 * word)
            {
                return null;
            }

            offset += got;
            rest -= got;
        }

        return null;
    }
}
