namespace GoCross.Elf;

/// <summary>An answer that may be out of reach.</summary>
public enum Verdict
{
    /// <summary>It cannot be told from the file.</summary>
    Unknown,

    /// <summary>Yes.</summary>
    Yes,

    /// <summary>No.</summary>
    No,
}
