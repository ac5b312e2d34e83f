namespace GoCross.Elf;

/// <summary>The tags (d_tag) of the dynamic section that are read.</summary>
internal static class DynamicTag
{
    internal const ulong Null = 0;
    internal const ulong Needed = 1;
    internal const ulong Hash = 4;
    internal const ulong StringTable = 5;
    internal const ulong SymbolTable = 6;
    internal const ulong RelocationsWithAddend = 7;
    internal const ulong StringTableSize = 10;
    internal const ulong SoName = 14;
    internal const ulong RPath = 15;
    internal const ulong Relocations = 17;
    internal const ulong PltRelocations = 23;
    internal const ulong BindNow = 24;
    internal const ulong RunPath = 29;
    internal const ulong Flags = 30;
    internal const ulong GnuHash = 0x6ffffef5;
    internal const ulong VersionSymbols = 0x6ffffff0;
    internal const ulong Flags1 = 0x6ffffffb;
    internal const ulong VersionDefinitions = 0x6ffffffc;
    internal const ulong VersionDefinitionCount = 0x6ffffffd;
    internal const ulong VersionNeeds = 0x6ffffffe;
    internal const ulong VersionNeedCount = 0x6fffffff;
}
