namespace GoCross.Images;

/// <summary>A path under which layers store what nobody sees in the image.</summary>
public sealed record WastedPath
{
    /// <summary>The path in the image, from its root: /var/cache/apt/pkgcache.bin.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the copies that nobody sees.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many copies that nobody sees there are.</summary>
    public required int Count { get; init; }

    /// <summary>The same as <see cref="Count"/>: the name that the table's header has.</summary>
    public int Copies => Count;

    /// <summary>Why. Where copies have several causes, the one that stands first in <see cref="WasteCause"/>.</summary>
    public required WasteCause Cause { get; init; }

    /// <summary>The layers that hold the copies, from 0.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>The layer that the path's file is from in the end, from 0; null where there is none.</summary>
    public required int? FinalLayer { get; init; }
}
