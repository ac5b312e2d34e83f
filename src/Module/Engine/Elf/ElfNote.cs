namespace GoCross.Elf;

/// <summary>A note of a PT_NOTE segment (gABI, "Note Section").</summary>
/// <param name="Owner">Who defined its meaning, such as GNU, Go or FDO.</param>
/// <param name="Type">n_type: what it is; each owner has numbers of its own.</param>
/// <param name="Offset">Where its content starts, in bytes from the beginning of the file.</param>
/// <param name="Size">How long its content is, in bytes.</param>
public readonly record struct ElfNote(string Owner, uint Type, long Offset, long Size)
{
    /// <summary>NT_GNU_ABI_TAG: the system and the oldest kernel, written by glibc's start files.</summary>
    internal const uint GnuAbiTag = 1;

    /// <summary>NT_GNU_BUILD_ID.</summary>
    internal const uint GnuBuildId = 3;

    /// <summary>What Go's linker calls its build ID.</summary>
    internal const uint GoBuildId = 4;

    /// <summary>NT_FDO_DLOPEN_METADATA: what the program may load later, as JSON.</summary>
    internal const uint FdoDlopen = 0x407c0c0a;

    /// <summary>NT_FDO_PACKAGING_METADATA: the package it came in, as JSON.</summary>
    internal const uint FdoPackage = 0xcafe1a7e;

    private const int MaxNotes = 4096;
    private const int MaxOwnerLength = 64;

    /// <summary>
    /// Reads the notes. One that does not fit into its segment ends the segment: nothing needs a note to run, so
    /// damage to them is not a reason to refuse a file.
    /// </summary>
    internal static List<ElfNote> ReadAll(ElfFile file)
    {
        var notes = new List<ElfNote>();
        foreach (ElfProgramHeader segment in file.ProgramHeaders)
        {
            if (segment.Type == ElfSegmentType.Note && file.Contains(segment.Offset, segment.FileSize))
            {
                // 8 is what GNU properties have in 64-bit files; everything else counts as 4, whatever it says.
                Read(file, (long)segment.Offset, (long)segment.FileSize, segment.Alignment == 8 ? 8 : 4, notes);
            }
        }

        return notes;
    }

    /// <summary>The first note of a section, or null.</summary>
    internal static ElfNote? ReadSection(ElfFile file, ElfSection section)
    {
        var notes = new List<ElfNote>();
        if (section.Type == ElfSection.Notes && file.Contains(section.Offset, section.Size))
        {
            Read(file, (long)section.Offset, (long)section.Size, alignment: 4, notes);
        }

        return notes.Count > 0 ? notes[0] : null;
    }

    /// <summary>The content, until the next read of the file; empty where it is longer than is read at once.</summary>
    internal ReadOnlySpan<byte> Content(ElfFile file) =>
        Size <= Files.SourceWindow.MaxPeek ? file.Peek(Offset, (int)Size) : default;

    private static void Read(ElfFile file, long start, long size, long alignment, List<ElfNote> notes)
    {
        const int HeaderSize = 12;
        long at = 0;
        while (size - at >= HeaderSize && notes.Count < MaxNotes)
        {
            ReadOnlySpan<byte> header = file.Peek(start + at, (int)Math.Min(HeaderSize + MaxOwnerLength, size - at));
            long ownerSize = file.Encoding.UInt32(header, 0);
            long contentSize = file.Encoding.UInt32(header, 4);
            uint type = file.Encoding.UInt32(header, 8);
            long content = Align(at + HeaderSize + ownerSize, alignment);
            if (content > size || contentSize > size - content)
            {
                return;
            }

            ReadOnlySpan<byte> owner = header[HeaderSize..];
            owner = owner[..(int)Math.Min(ownerSize, owner.Length)].TrimEnd((byte)0);
            notes.Add(new ElfNote(System.Text.Encoding.UTF8.GetString(owner), type, start + content, contentSize));
            at = Align(content + contentSize, alignment);
        }
    }

    private static long Align(long value, long alignment) => (value + alignment - 1) & -alignment;
}
