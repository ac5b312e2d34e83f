namespace GoCross.Elf;

/// <summary>What several kinds of linkage have in common.</summary>
public static class ElfLinkageKinds
{
    /// <summary>Whether it is a program that the kernel starts by itself.</summary>
    /// <param name="linkage">How a file is linked.</param>
    public static bool IsStatic(this ElfLinkage linkage) => linkage is ElfLinkage.Static or ElfLinkage.StaticPie;

    /// <summary>Whether it is a program that a loader starts.</summary>
    /// <param name="linkage">How a file is linked.</param>
    public static bool NeedsLoader(this ElfLinkage linkage) => linkage is ElfLinkage.Dynamic or ElfLinkage.DynamicNoNeeded;

    /// <summary>Whether it is a program, as far as its headers tell: what is packed tells nothing.</summary>
    /// <param name="linkage">How a file is linked.</param>
    public static bool IsProgram(this ElfLinkage linkage) => linkage.IsStatic() || linkage.NeedsLoader();

    /// <summary>Whether it has code that can be read: that of a program or of a library.</summary>
    /// <param name="linkage">How a file is linked.</param>
    public static bool HasCode(this ElfLinkage linkage) => linkage.IsProgram() || linkage == ElfLinkage.SharedObject;

    /// <summary>Whether its table of dynamic symbols says what it exchanges with other files.</summary>
    /// <param name="linkage">How a file is linked.</param>
    public static bool ExchangesSymbols(this ElfLinkage linkage) => linkage.HasCode() && linkage != ElfLinkage.Static;

    /// <summary>Whether it is not a program, and is known to be none.</summary>
    /// <param name="linkage">How a file is linked.</param>
    public static bool IsKnownNonProgram(this ElfLinkage linkage) => !linkage.IsProgram() && linkage != ElfLinkage.PackedUnknown;
}
