using System.Collections;
using GoCross.Elf;

namespace GoCross.Tests.Elf;

/// <summary>Compares what GoCross tells about a file and about the same file without its section headers.</summary>
internal static class SectionlessComparison
{
    /// <summary>Fails the test where the facts differ.</summary>
    /// <param name="path">The file.</param>
    /// <param name="damage">What becomes of the headers: zeros, garbage (both where the ELF header tells of them), cut off.</param>
    /// <returns>Whether the file has facts that should be the same: what nobody loads has nothing but sections.</returns>
    internal static bool AssertSame(string path, string damage)
    {
        byte[] bytes = File.ReadAllBytes(path);
        ElfReport whole = Inspect(bytes);
        if (whole.Linkage is ElfLinkage.Relocatable or ElfLinkage.DebugInfo
            || whole.LibCEvidence.StartsWith("SHT_SYMTAB", StringComparison.Ordinal))
        {
            return false;
        }

        if (damage == "cut off")
        {
            bytes = Sstrip.Apply(bytes);
        }
        else
        {
            // e_shoff; e_shnum and e_shstrndx at the header's end. The headers themselves lie behind all segments.
            byte value = damage == "garbage" ? (byte)0x11 : (byte)0;
            bool wide = bytes[4] == 2;
            bytes.AsSpan(wide ? 40 : 32, wide ? 8 : 4).Fill(value);
            bytes.AsSpan(wide ? 60 : 48, 4).Fill(value);
        }

        Assert.True(Facts(whole) == Facts(Inspect(bytes)), path);
        return true;
    }

    private static ElfReport Inspect(byte[] bytes) => ElfInspector.TryInspect(new BytesSource(bytes), ElfFacts.Symbols)!;

    private static string Facts(ElfReport report) => string.Join(
        '\n',
        typeof(ElfReport).GetProperties()
            .Where(property => property.Name is not (nameof(ElfReport.Length) or nameof(ElfReport.Size)))
            .Select(property => property.GetValue(report) switch
            {
                IEnumerable items and not string => string.Join(", ", items.Cast<object>()),
                object value => value.ToString(),
                null => "null",
            }));
}
