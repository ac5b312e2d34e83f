namespace GoCross.Images;

/// <summary>A path in an image's file system, or in one of its layers.</summary>
public record ImageFile
{
    /// <summary>What the user called the image.</summary>
    public required string Image { get; init; }

    /// <summary>The path in the image, from its root: /usr/bin/env. A byte that is not UTF-8 is U+DC00 + the byte (PEP 383).</summary>
    public required string Path { get; init; }

    /// <summary>The path's last part; / for the root.</summary>
    public string Name => Path.Length == 1 ? Path : Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>What it is.</summary>
    public required ImageFileType Type { get; init; }

    /// <summary>Bytes of the file; 0 for what has no content. Of a hard link, those of the file that it names.</summary>
    public required long Size { get; init; }

    /// <summary>Permission bits with setuid, setgid and sticky; null for a directory that no layer describes.</summary>
    public required int? Mode { get; init; }

    /// <summary>The number of the user; null for a directory that no layer describes.</summary>
    public required long? UserId { get; init; }

    /// <summary>The number of the group; null for a directory that no layer describes.</summary>
    public required long? GroupId { get; init; }

    /// <summary>UID:GID; null for a directory that no layer describes.</summary>
    public required string? Owner { get; init; }

    /// <summary>The target of a symbolic link as it is written; null for all else.</summary>
    public required string? LinkTarget { get; init; }

    /// <summary>The path of the file that this is another name of, a hard link; null for all else.</summary>
    public required string? HardLinkTo { get; init; }

    /// <summary>The extended attributes by name, capabilities being security.capability; empty where there are none.</summary>
    public required IReadOnlyDictionary<string, byte[]> ExtendedAttributes { get; init; }

    /// <summary>
    /// The layer that it comes from, or that removes it, from 0; null for a directory that no layer describes.
    /// </summary>
    public required int? Layer { get; init; }

    /// <summary>
    /// What that layer did to what was there below it: Added, Removed, or what it changed. None for what it stores
    /// without any change but the time, as layers do with the directories above their files.
    /// </summary>
    public required FileChangeKind Change { get; init; }
}
