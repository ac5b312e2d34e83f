namespace GoCross.Scratch;

/// <summary>What a program's image starts from.</summary>
public enum ImageBase
{
    /// <summary>Nothing: the smallest image, with what the program needs and not a file more.</summary>
    Scratch,

    /// <summary>
    /// Google's distroless images of Debian 12: certificates, time zones, users and /tmp, kept up to date by others, some
    /// 2 MiB; with glibc for a dynamic program. No shell.
    /// </summary>
    Distroless,

    /// <summary>Debian 12 without its documentation: a shell and apt to look around with, for some 75 MiB.</summary>
    DebianSlim,
}
