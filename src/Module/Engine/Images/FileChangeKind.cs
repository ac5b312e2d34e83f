namespace GoCross.Images;

/// <summary>What happened to a path between two images. Several may be true at once.</summary>
[Flags]
public enum FileChangeKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Only the difference image has it.</summary>
    Added = 1,

    /// <summary>Only the reference image has it.</summary>
    Removed = 2,

    /// <summary>Its content is another, or it is something else than it was: a directory, a device.</summary>
    Modified = 4,

    /// <summary>Its permission bits are others, setuid, setgid and sticky included.</summary>
    ModeChanged = 8,

    /// <summary>Its user or group is another.</summary>
    OwnerChanged = 16,

    /// <summary>The link points elsewhere.</summary>
    LinkChanged = 32,

    /// <summary>Its extended attributes are others; capabilities are such.</summary>
    XattrChanged = 64,
}
