using GoCross.Elf;

namespace GoCross.Tests.Elf;

/// <summary>
/// Does what the tool sstrip does: cuts off all that no program header tells of, the section headers with it, and writes
/// zeros where the ELF header tells of them.
/// </summary>
internal static class Sstrip
{
    /// <summary>The bytes of the file without its sections.</summary>
    internal static byte[] Apply(byte[] bytes)
    {
        using ElfFile file = ElfFile.Open(new BytesSource(bytes));
        bool wide = file.Header.Class == ElfClass.Elf64;
        ulong end = file.Header.ProgramHeaderOffset + ((ulong)file.ProgramHeaders.Count * (wide ? 56u : 32u));
        foreach (ElfProgramHeader segment in file.ProgramHeaders)
        {
            end = Math.Max(end, Math.Min(segment.Offset + segment.FileSize, (ulong)bytes.Length));
        }

        byte[] stripped = bytes[..(int)end];
        stripped.AsSpan(wide ? 40 : 32, wide ? 8 : 4).Clear(); // e_shoff
        stripped.AsSpan(wide ? 58 : 46, 6).Clear(); // e_shentsize, e_shnum, e_shstrndx
        return stripped;
    }
}
