namespace GoCross.Images;

/// <summary>What a layer says of one path. There may be millions: it is small, and what few have is elsewhere.</summary>
internal struct LayerEntry
{
    /// <summary>No <see cref="Extra"/>.</summary>
    internal const int NoExtra = -1;

    /// <summary>A hash of the content; 0 for what has none. Comparable within this process only.</summary>
    internal UInt128 Content;

    /// <summary>Bytes of the file.</summary>
    internal long Size;

    /// <summary>The path's node in the layer's tree.</summary>
    internal int Node;

    /// <summary>The index of what only some entries have, or <see cref="NoExtra"/>.</summary>
    internal int Extra;

    internal uint UserId;

    internal uint GroupId;

    /// <summary>Permission bits with setuid, setgid and sticky.</summary>
    internal ushort Mode;

    /// <summary>How the content begins, four bytes as a little-endian number; zeros behind its end.</summary>
    internal uint Head;

    private byte _type;

    internal ImageFileType Type
    {
        readonly get => (ImageFileType)_type;
        set => _type = (byte)value;
    }
}
