namespace GoCross.Elf;

/// <summary>What packed a file.</summary>
public enum ElfPacker
{
    /// <summary>Nothing that is known.</summary>
    None,

    /// <summary>UPX.</summary>
    Upx,
}
