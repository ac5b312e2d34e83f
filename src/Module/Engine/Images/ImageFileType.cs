namespace GoCross.Images;

/// <summary>What a path in an image is.</summary>
public enum ImageFileType : byte
{
    /// <summary>A regular file. A hard link is the file that it names, once that is found.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A hard link to a file that the image does not have.</summary>
    HardLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    NamedPipe,

    /// <summary>An entry of a type that only some tar programs know.</summary>
    Unknown,
}
