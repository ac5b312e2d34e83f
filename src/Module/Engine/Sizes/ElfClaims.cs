using GoCross.Elf;

namespace GoCross.Sizes;

/// <summary>Says what the bytes of an ELF file are, as far as its headers tell.</summary>
internal static class ElfClaims
{
    private const uint StringTable = 3;
    private const uint Rela = 4;
    private const uint Hash = 5;
    private const uint Dynamic = 6;
    private const uint Rel = 9;
    private const uint DynamicSymbols = 11;

    /// <summary>Claims headers, segments and sections.</summary>
    /// <param name="file">The file.</param>
    /// <param name="hasC">Whether the program has C code: then code that is not Go's is C's.</param>
    /// <param name="layout">Gets the claims.</param>
    public static void Make(ElfFile file, bool hasC, FileLayout layout)
    {
        ElfHeader header = file.Header;

        // Without section headers the segments are all there is. Sections tell more, and are claimed after them.
        bool hasSections = file.Sections.Count > 1;
        if (!hasSections)
        {
            foreach (ElfProgramHeader segment in file.ProgramHeaders)
            {
                if (segment.Type == ElfSegmentType.Load)
                {
                    bool isCode = (segment.Flags & ElfSegmentFlags.Execute) != 0;
                    Claim(layout, segment.Offset, segment.FileSize, isCode ? CodeKind(hasC) : SizeKind.Data, "");
                }
            }
        }

        foreach (ElfSection section in file.Sections.Skip(1))
        {
            if (section.Type != ElfSection.NoBits)
            {
                Claim(layout, section.Offset, section.Size, KindOf(section, hasC), section.Name);
            }
        }

        layout.Claim(0, file.Encoding.HeaderSize, SizeKind.Headers);
        Claim(
            layout, header.ProgramHeaderOffset, header.ProgramHeaderCount * (ulong)file.Encoding.ProgramHeaderSize,
            SizeKind.Headers, null);
        if (hasSections)
        {
            Claim(
                layout, header.SectionHeaderOffset, (ulong)file.Sections.Count * (ulong)file.Encoding.SectionHeaderSize,
                SizeKind.Headers, null);
        }
    }

    /// <summary>Whether a section holds debug information, compressed or not.</summary>
    public static bool IsDebug(string name) =>
        name.StartsWith(".debug_", StringComparison.Ordinal) || name.StartsWith(".zdebug_", StringComparison.Ordinal)
        || name is ".gdb_index" or ".stab" or ".stabstr";

    private static void Claim(FileLayout layout, ulong offset, ulong length, SizeKind kind, string? section)
    {
        if (offset <= long.MaxValue && length <= long.MaxValue)
        {
            layout.Claim((long)offset, (long)length, kind, section);
        }
    }

    private static SizeKind CodeKind(bool hasC) => hasC ? SizeKind.CCode : SizeKind.Code;

    private static SizeKind KindOf(ElfSection section, bool hasC)
    {
        string name = section.Name;
        if (!section.IsAllocated)
        {
            return IsDebug(name) ? SizeKind.Dwarf
                : section.Type == ElfSection.SymbolTable || name == ".strtab" ? SizeKind.Symbols
                : name == ".shstrtab" ? SizeKind.Headers
                : section.Type == ElfSection.Notes || name is ".comment" or ".gnu_debuglink" ? SizeKind.BuildInfo
                : SizeKind.Unknown;
        }

        if (name.StartsWith(".plt", StringComparison.Ordinal) || name.StartsWith(".got", StringComparison.Ordinal)
            || name is ".interp" or ".dynstr" or ".gnu.hash" or ".gnu.version" or ".gnu.version_r" or ".gnu.version_d"
            || section.Type is StringTable or Rela or Hash or Dynamic or Rel or DynamicSymbols)
        {
            return SizeKind.Linking;
        }

        if (section.IsExecutable)
        {
            return CodeKind(hasC);
        }

        if (section.Type == ElfSection.Notes || name is ".go.buildinfo" or ".go.fipsinfo")
        {
            return SizeKind.BuildInfo;
        }

        return name switch
        {
            ".gopclntab" or ".data.rel.ro.gopclntab" => SizeKind.FunctionTables,
            ".typelink" or ".itablink" or ".go.type" or ".data.rel.ro.typelink" or ".data.rel.ro.itablink"
                or ".data.rel.ro.go.type" => SizeKind.Types,
            ".gosymtab" or ".data.rel.ro.gosymtab" => SizeKind.Symbols,
            ".eh_frame" or ".eh_frame_hdr" or ".gcc_except_table" or ".ARM.exidx" or ".ARM.extab"
                or ".init_array" or ".fini_array" or ".ctors" or ".dtors" => SizeKind.CCode,
            _ => SizeKind.Data,
        };
    }
}
