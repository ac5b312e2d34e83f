namespace GoCross.Gates;

/// <summary>Whom a container of an image runs as.</summary>
internal enum ImageUserKind
{
    /// <summary>Nobody is named, so root.</summary>
    Unset,

    /// <summary>root, by name or number.</summary>
    Root,

    /// <summary>A name that the image's /etc/passwd gives the number 0.</summary>
    RootByAnotherName,

    /// <summary>A name that the image's /etc/passwd does not have: no container starts.</summary>
    Unknown,

    /// <summary>Somebody else.</summary>
    Other,

    /// <summary>Nobody is named, so ContainerAdministrator, as Windows Server Core has it (Nano Server names its user).</summary>
    UnsetOnWindows,

    /// <summary>An account of Windows that may do anything.</summary>
    WindowsAdministrator,

    /// <summary>An account that only the image's registry tells of, which is not read.</summary>
    UnknownOnWindows,
}
