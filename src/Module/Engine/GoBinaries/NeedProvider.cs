namespace GoCross.GoBinaries;

/// <summary>Who brings what a program needs while it runs.</summary>
public enum NeedProvider
{
    /// <summary>The image: New-ScratchImage and New-ScratchDockerfile add it.</summary>
    Image,

    /// <summary>The container engine: it puts it into every container.</summary>
    ContainerEngine,

    /// <summary>
    /// The user, who alone knows whether it is needed, or what: a program to start, a library to load by name, a socket to
    /// mount. It is reported, and not added.
    /// </summary>
    User,
}
