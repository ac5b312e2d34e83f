namespace GoCross.Scratch;

/// <summary>One platform's image of those that were written together.</summary>
public sealed record ScratchImageManifest
{
    /// <summary>What it is for, for example <c>linux/arm64</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>The digest of its manifest.</summary>
    public required string Digest { get; init; }

    /// <summary>The digest of its configuration: what docker calls the image ID.</summary>
    public required string ImageId { get; init; }

    /// <summary>Its layers, the lowest first.</summary>
    public required IReadOnlyList<ScratchImageLayer> Layers { get; init; }

    /// <summary>The length of its layers as they are stored, in bytes.</summary>
    public long Length => Layers.Sum(layer => layer.Length);

    /// <summary>The same as <see cref="Length"/>, as tables head it.</summary>
    public long Size => Length;

    /// <summary>Why the program starts in it.</summary>
    public required string StartReason { get; init; }

    /// <summary>The binary that it was made from.</summary>
    public required string BinaryPath { get; init; }

    /// <summary>What it is for, and its digest.</summary>
    public override string ToString() => $"{Platform} ({Digest})";
}
