using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>Says what the bytes of a Mach-O file are, as far as its load commands tell (mach-o/loader.h).</summary>
internal static class MachOClaims
{
    /// <summary>Claims the header, the sections and what __LINKEDIT holds.</summary>
    public static void Make(ProgramImage image, bool hasC, FileLayout layout)
    {
        ImageRange? edit = image.Segments.FirstOrDefault(segment => segment.Name == "__LINKEDIT");
        long start = image.Segments.FirstOrDefault(segment => segment.Name == "__TEXT")?.Offset ?? 0;
        if (edit is not null)
        {
            layout.Claim(edit.Offset, edit.Length, SizeKind.Linking, edit.Name);
        }

        foreach (ImageRange section in image.Sections)
        {
            // Zero-filled sections have the offset 0, where the header is.
            if (section.Offset > start)
            {
                layout.Claim(section.Offset, section.Length, KindOf(section, hasC), section.Name);
            }
        }

        MachOEnd end = MachOEnd.Read(image);
        layout.Claim(start, end.CommandsEnd - start, SizeKind.Headers, "");
        layout.Claim(end.SymbolsOffset, end.SymbolsLength, SizeKind.Symbols);
        layout.Claim(end.NamesOffset, end.NamesLength, SizeKind.Symbols);
    }

    private static SizeKind KindOf(ImageRange section, bool hasC) =>
        section.Name.StartsWith("__debug_", StringComparison.Ordinal)
            || section.Name.StartsWith("__zdebug_", StringComparison.Ordinal) ? SizeKind.Dwarf
        : section.Name switch
        {
            "__text" => hasC ? SizeKind.CCode : SizeKind.Code,
            "__gopclntab" => SizeKind.FunctionTables,
            "__typelink" or "__itablink" or "__go_type" => SizeKind.Types,
            "__gosymtab" => SizeKind.Symbols,
            "__go_buildinfo" or "__go_fipsinfo" => SizeKind.BuildInfo,
            "__symbol_stub1" or "__stubs" or "__stub_helper" or "__nl_symbol_ptr" or "__la_symbol_ptr" or "__got"
                => SizeKind.Linking,
            "__unwind_info" or "__eh_frame" or "__gcc_except_tab" => SizeKind.CCode,
            _ => SizeKind.Data,
        };
}
