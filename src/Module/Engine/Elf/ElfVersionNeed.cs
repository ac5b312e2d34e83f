namespace GoCross.Elf;

/// <summary>A version that a file asks of one of its libraries (DT_VERNEED).</summary>
/// <param name="Library">The library, as DT_NEEDED names it.</param>
/// <param name="Version">The version, such as GLIBC_2.34.</param>
/// <param name="Weak">Whether the loader lets its absence pass (VER_FLG_WEAK).</param>
/// <param name="Index">The number by which symbols refer to it (vna_other).</param>
public sealed record ElfVersionNeed(string Library, string Version, bool Weak, int Index);
