namespace GoCross.Elf;

/// <summary>What a segment's memory may be used for (p_flags). Other bits than these exist.</summary>
[Flags]
public enum ElfSegmentFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>PF_X: it may be executed.</summary>
    Execute = 1,

    /// <summary>PF_W: it may be written.</summary>
    Write = 2,

    /// <summary>PF_R: it may be read.</summary>
    Read = 4,
}
