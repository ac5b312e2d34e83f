namespace GoCross.Images;

/// <summary>A path that differs between two images, or between two layers.</summary>
public sealed record FileChange
{
    /// <summary>The path in the image, from its root: /usr/bin/env.</summary>
    public required string Path { get; init; }

    /// <summary>What happened to it. Times do not count: a rebuild changes them all.</summary>
    public required FileChangeKind Change { get; init; }

    /// <summary>What it is, in the difference image if that has it.</summary>
    public ImageFileType Type => DifferenceType ?? ReferenceType ?? ImageFileType.Unknown;

    /// <summary>What it is in the reference image; null if it is not there.</summary>
    public ImageFileType? ReferenceType { get; init; }

    /// <summary>What it is in the difference image; null if it is not there.</summary>
    public ImageFileType? DifferenceType { get; init; }

    /// <summary>Bytes in the reference image; null if it is not there.</summary>
    public long? ReferenceSize { get; init; }

    /// <summary>Bytes in the difference image; null if it is not there.</summary>
    public long? DifferenceSize { get; init; }

    /// <summary>The same as <see cref="DifferenceSize"/>: the name that the table's header has.</summary>
    public long? Size => DifferenceSize;

    /// <summary>Bytes by which it grew; negative if it shrank.</summary>
    public long SizeDifference => (DifferenceSize ?? 0) - (ReferenceSize ?? 0);

    /// <summary>The same as <see cref="SizeDifference"/>: the name that the table's header has.</summary>
    public long Difference => SizeDifference;

    /// <summary>Permission bits in the reference image, with setuid, setgid and sticky; null if it is not there.</summary>
    public int? ReferenceMode { get; init; }

    /// <summary>Permission bits in the difference image, with setuid, setgid and sticky; null if it is not there.</summary>
    public int? DifferenceMode { get; init; }

    /// <summary>UID:GID in the reference image; null if it is not there.</summary>
    public string? ReferenceOwner { get; init; }

    /// <summary>UID:GID in the difference image; null if it is not there.</summary>
    public string? DifferenceOwner { get; init; }

    /// <summary>The link's target in the reference image; null if it is not a link.</summary>
    public string? ReferenceLinkTarget { get; init; }

    /// <summary>The link's target in the difference image; null if it is not a link.</summary>
    public string? DifferenceLinkTarget { get; init; }

    /// <summary>The layer that it comes from in the reference image, from 0; null if it is not there.</summary>
    public int? ReferenceLayer { get; init; }

    /// <summary>The layer that it comes from in the difference image, from 0; null if it is not there.</summary>
    public int? DifferenceLayer { get; init; }
}
