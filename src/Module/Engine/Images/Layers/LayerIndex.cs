using System.Runtime.CompilerServices;

namespace GoCross.Images;

/// <summary>What one pass over a layer told: its entries and its whiteouts.</summary>
internal sealed class LayerIndex
{
    /// <summary>The paths of the entries and of what whiteouts name.</summary>
    internal PathTree Paths { get; } = new();

    /// <summary>The entries in the archive's order, whiteouts left out. A path may be there more than once.</summary>
    internal ChunkedList<LayerEntry> Entries { get; } = new();

    /// <summary>What only some entries have, by <see cref="LayerEntry.Extra"/>.</summary>
    internal List<EntryExtra> Extras { get; } = [];

    /// <summary>The nodes that the layer removes from those below.</summary>
    internal List<int> Whiteouts { get; } = [];

    /// <summary>The directories whose content below the layer hides.</summary>
    internal List<int> OpaqueDirectories { get; } = [];

    /// <summary>
    /// The entries whose names begin with .wh., as they are written: the whiteouts, opaque or not, and what belongs to
    /// AUFS. For those who count as others do.
    /// </summary>
    internal List<WhiteoutName> WhiteoutNames { get; } = [];

    /// <summary>
    /// The sum of the sizes that all headers state, whiteouts included and an entry of the root, "." or "./", left out.
    /// </summary>
    internal long StatedSize { get; set; }

    /// <summary>The sum of the entries' file sizes, in bytes: what <c>docker history</c> calls the layer's size.</summary>
    internal long ContentSize { get; set; }

    /// <summary>The files whose contents were kept while the layer was indexed; null where none were to be.</summary>
    internal KeptFiles? Kept { get; init; }

    /// <summary>Entries that are not directories.</summary>
    internal int FileCount { get; set; }

    /// <summary>About what <see cref="Extras"/> costs of memory, in bytes.</summary>
    internal long ExtrasCost { get; set; }

    /// <summary>About what it costs of memory, in bytes.</summary>
    internal long Cost => Paths.Cost + ExtrasCost + ((long)Entries.Count * Unsafe.SizeOf<LayerEntry>())
        + ((long)(Whiteouts.Count + OpaqueDirectories.Count) * sizeof(int))
        + ((long)WhiteoutNames.Count * Unsafe.SizeOf<WhiteoutName>());

    /// <summary>The size that the entry's header states, in bytes.</summary>
    internal long StatedSizeOf(in LayerEntry entry) =>
        entry.Type == ImageFileType.File ? entry.Size : ExtraOf(entry)?.StatedSize ?? 0;

    internal EntryExtra? ExtraOf(in LayerEntry entry) => entry.Extra == LayerEntry.NoExtra ? null : Extras[entry.Extra];
}
