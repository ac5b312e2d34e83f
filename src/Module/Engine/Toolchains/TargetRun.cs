namespace GoCross.Toolchains;

/// <summary>How this machine runs programs of a target.</summary>
public enum TargetRun
{
    /// <summary>Not at all.</summary>
    No,

    /// <summary>Under QEMU's user mode.</summary>
    Qemu,

    /// <summary>By itself.</summary>
    Native,
}
